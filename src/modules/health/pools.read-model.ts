import { Injectable } from '@nestjs/common';
import type { Pool } from 'pg';
import { PlatformPrismaService } from '../../common/prisma/platform-prisma.service.js';
import { PrismaService } from '../../common/prisma/prisma.service.js';
import type { HealthReportResponse } from './health-report.dto.js';

/** Reads the state of this process' connection pools. */
@Injectable()
export class PoolsReadModel {
  constructor(
    private readonly prisma: PrismaService,
    private readonly platform: PlatformPrismaService,
  ) {}

  /** See `PrismaService.ping`. */
  ping(timeoutMs: number): ReturnType<PrismaService['ping']> {
    return this.prisma.ping(timeoutMs);
  }

  states(): HealthReportResponse['pools'] {
    return [stateOf('app', this.prisma.pool), stateOf('platform', this.platform.pool)];
  }
}

function stateOf(
  role: string,
  { totalCount, idleCount, waitingCount, options }: Pool,
): HealthReportResponse['pools'][number] {
  return { role, inUse: totalCount - idleCount, idle: idleCount, waiting: waitingCount, max: options.max };
}
