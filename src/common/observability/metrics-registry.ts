import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';

/**
 * Everything `/metrics` shows. A module adds its own: `new Counter({ …, registers: [registry] })`.
 * No label may name a tenant or a user: each value of a label is a time series that is kept for ever.
 */
@Injectable()
export class MetricsRegistry extends Registry {
  constructor() {
    super();
    collectDefaultMetrics({ register: this });
  }
}
