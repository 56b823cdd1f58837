/** How many jobs each tenant runs in this process, so that none takes all of its workers. */
export class TenantShares {
  readonly #running = new Map<string, number>();

  constructor(private readonly maxPerTenant: number) {}

  /** False when the tenant has its share; otherwise `leave` must follow. */
  enter(tenantId: string): boolean {
    const running = this.#running.get(tenantId) ?? 0;
    if (running >= this.maxPerTenant) return false;
    this.#running.set(tenantId, running + 1);
    return true;
  }

  leave(tenantId: string): void {
    const running = this.#running.get(tenantId) ?? 0;
    if (running > 1) this.#running.set(tenantId, running - 1);
    else this.#running.delete(tenantId);
  }

  /** Tenants that have their share at the moment. */
  full(): string[] {
    return [...this.#running].filter(([, running]) => running >= this.maxPerTenant).map(([tenantId]) => tenantId);
  }
}
