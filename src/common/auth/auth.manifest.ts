import type { Manifest } from '../manifest/manifest.js';

export const manifest: Manifest = {
  entities: {
    StreamTicket: { withheld: 'Tickets for a minute, under hashes.' },
  },
  secrets: {
    ticket: 'Opens an event stream, once.',
  },
};
