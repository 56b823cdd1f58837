import { Injectable } from '@nestjs/common';
import { RateLimitError, UnavailableError } from '../errors/app-error.js';

const MAX_STREAMS = 2000;
const MAX_PER_TENANT = 200;
const RETRY_AFTER_MS = 5000;

/** How many streams are open in this process: a stream costs memory, and a look at the database now and then. */
@Injectable()
export class StreamSlots {
  readonly #ofTenant = new Map<string, number>();
  #open = 0;

  /**
   * Returns a function to call when the stream has ended.
   * @throws RateLimitError when the tenant has too many, UnavailableError when the process has.
   */
  enter(tenantId: string): () => void {
    const ofTenant = this.#ofTenant.get(tenantId) ?? 0;
    if (ofTenant >= MAX_PER_TENANT) {
      throw new RateLimitError('stream.too_many', 'Your tenant has too many streams open.', RETRY_AFTER_MS);
    }
    if (this.#open >= MAX_STREAMS) {
      throw new UnavailableError('stream.unavailable', 'Too many streams are open. Try again.', RETRY_AFTER_MS);
    }
    this.#open += 1;
    this.#ofTenant.set(tenantId, ofTenant + 1);
    return () => this.#leave(tenantId);
  }

  #leave(tenantId: string): void {
    this.#open -= 1;
    const ofTenant = (this.#ofTenant.get(tenantId) ?? 1) - 1;
    if (ofTenant > 0) this.#ofTenant.set(tenantId, ofTenant);
    else this.#ofTenant.delete(tenantId);
  }
}
