import type { Manifest } from '../manifest/manifest.js';

export const manifest: Manifest = {
  entities: {
    StreamTicket: { withheld: 'Hashed tickets, which are valid for a minute.' },
  },
  secrets: {
    ticket: 'Opens an event stream, once.',
  },
};
