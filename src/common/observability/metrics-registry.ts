import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';

/**
 * Everything `/metrics` shows. A module adds its own: `new Counter({ …, registers: [registry] })`.
 * No label may name a tenant or a user: each value of a label is a time series that is kept for ever.
 */
@Injectable()
export class MetricsRegistry extends Registry {
  private readonly included: Registry[] = [];

  constructor() {
    super();
    collectDefaultMetrics({ register: this });
  }

  /** Shows the metrics of another registry as well, for a module that keeps its own. Their names must differ. */
  include(registry: Registry): void {
    this.included.push(registry);
  }

  override async metrics(): Promise<string> {
    const texts = await Promise.all([super.metrics(), ...this.included.map((registry) => registry.metrics())]);
    return texts.join('\n');
  }
}
