import { TextField } from '../contracts/fields.js';

/** Query parameters for clients that cannot send headers. */
export class StreamQuery {
  @TextField({
    max: 200,
    optional: true,
    description: 'A ticket from `POST /auth/stream-ticket`, which replaces the credential.',
  })
  ticket?: string;

  @TextField({
    max: 100,
    optional: true,
    description: 'Replaces the header `Last-Event-ID` for clients that cannot send it.',
  })
  lastEventId?: string;
}
