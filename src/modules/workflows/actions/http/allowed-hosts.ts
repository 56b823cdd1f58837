import { type BlockList, isIP } from 'node:net';
import { familyOf, rangesOf } from './ip-address.js';

/** Non-public addresses that workflows may reach: see WORKFLOW_HTTP_ALLOWED_HOSTS. */
export class AllowedHosts {
  /** `host` and `host:port`, spelled as the URL parser spells them. */
  private readonly hosts: ReadonlySet<string>;
  private readonly ranges: BlockList;

  /** @throws Error for a range that is none. */
  constructor(entries: readonly string[]) {
    const ranges = entries.filter((entry) => entry.includes('/'));
    this.hosts = new Set(entries.filter((entry) => !entry.includes('/')).map(hostOf));
    this.ranges = rangesOf(ranges);
  }

  /** @param hostname as `URL.hostname` has it. */
  includesHost(hostname: string, port: number): boolean {
    return this.hosts.has(hostname) || this.hosts.has(`${hostname}:${port}`);
  }

  includesAddress(address: string): boolean {
    return isIP(address) !== 0 && this.ranges.check(address, familyOf(address));
  }
}

/** Not `URL.host` alone: that leaves the protocol's own port out. */
function hostOf(entry: string): string {
  const bracketed = isIP(entry) === 6 ? `[${entry}]` : entry;
  const port = /:(\d{1,5})$/.exec(isIP(entry) === 6 ? '' : entry)?.[1];
  const { hostname } = new URL(`http://${bracketed}`);
  return port === undefined ? hostname : `${hostname}:${Number(port)}`;
}
