import { lookup, Resolver } from 'node:dns/promises';
import { Injectable } from '@nestjs/common';

const TIMEOUT_MS = 3000;
const TRIES = 2;

@Injectable()
export class HostResolver {
  private readonly resolver = new Resolver({ timeout: TIMEOUT_MS, tries: TRIES });

  /**
   * Resolves all addresses of a public name. Queries name servers instead of using the system's resolver, whose lookups
   * each occupy one of a few threads: a tenant's slow name server could block them all.
   * @throws Error if there are none.
   */
  async resolvePublic(hostname: string): Promise<string[]> {
    const answers = await Promise.allSettled([this.resolver.resolve4(hostname), this.resolver.resolve6(hostname)]);
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
    if (addresses.length === 0) throw new Error(`${hostname} has no address.`);
    return addresses;
  }

  /**
   * Resolves all addresses of a name that the operator allowed, with the system's resolver, including its hosts file
   * and search domains.
   */
  async resolveAllowed(hostname: string): Promise<string[]> {
    return (await lookup(hostname, { all: true })).map(({ address }) => address);
  }
}
