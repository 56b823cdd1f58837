import { lookup, Resolver } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';

const TIMEOUT_MS = 3000;
const TRIES = 2;

/** Names to addresses. */
@Injectable()
export class HostResolver {
  private readonly resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });

  /**
   * All addresses of a public name. Asks name servers only, not the system: its look-ups take one of few threads each, and a tenant's
   * slow name server would take them all.
   * @throws Error when there are none.
   */
  async resolvePublic(hostname: string): Promise<string[]> {
    const answers = await Promise.allSettled([this.resolver.resolve4(hostname), this.resolver.resolve6(hostname)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length === 0) throw new Error(`${hostname} has no address.`);
    return addresses;
  }

  /** All addresses of a name that the operator allowed, as the system knows it: its hosts file and search domains included. */
  async resolveAllowed(hostname: string): Promise<string[]> {
    return (await lookup(hostname, { all: true })).map(({ address }) => address);
  }
}
