import { Injectable } from '@nestjs/common';
import { collectDefaultMetrics, Registry } from 'prom-client';

/**
 * All metrics of `/metrics`. A module adds its own: `new Counter({ …, registers: [registry] })`. Labels must not
 * contain tenants or users, since each label value creates a time series that is kept permanently.
 */
@Injectable()
export class MetricsRegistry extends Registry {
  constructor() {
    super();
    collectDefaultMetrics({ register: this });
  }
}
