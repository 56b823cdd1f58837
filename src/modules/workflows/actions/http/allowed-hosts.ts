import { type BlockList, isIP } from 'node:net';
import { familyOf, rangesOf } from './ip-address.js';

/** Non-public addresses that workflows may access; see WORKFLOW_HTTP_ALLOWED_HOSTS. */
export class AllowedHosts {
  /** `host` and `host:port`, in the URL parser's normalized form. */
  private readonly hosts: ReadonlySet<string>;
  private readonly ranges: BlockList;

  /** @throws Error for an invalid range. */
  constructor(entries: readonly string[]) {
    const ranges = entries.filter((entry) => entry.includes('/'));
    this.hosts = new Set(entries.filter((entry) => !entry.includes('/')).map(hostOf));
    this.ranges = rangesOf(ranges);
  }

  /** @param hostname in the form of `URL.hostname`. */
  includesHost(hostname: string, port: number): boolean {
    return this.hosts.has(hostname) || this.hosts.has(`${hostname}:${port}`);
  }

  includesAddress(address: string): boolean {
    return isIP(address) !== 0 && this.ranges.check(address, familyOf(address));
  }
}

/** `URL.host` is not enough, because it omits the protocol's default port. */
function hostOf(entry: string): string {
  const bracketed = isIP(entry) === 6 ? `[${entry}]` : entry;
  const port = /:(\d{1,5})$/.exec(isIP(entry) === 6 ? '' : entry)?.[1];
  const { hostname } = new URL(`http://${bracketed}`);
  return port === undefined ? hostname : `${hostname}:${Number(port)}`;
}
