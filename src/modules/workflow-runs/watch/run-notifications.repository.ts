import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../common/prisma/prisma.service.js';

/** Channels whose payloads are ids of runs, comma-separated. */
export const PROGRESS_CHANNEL = 'tenantry_run_progress';
export const SIGNAL_CHANNEL = 'tenantry_run_signal';

/** A payload is limited to 8000 bytes. */
const IDS_PER_PAYLOAD = 200;

@Injectable()
export class RunNotificationsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Not bound to a tenant, because only ids are sent. */
  async notifyProgress(runIds: readonly string[]): Promise<void> {
    await this.prisma.pool.query('SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload', [
      PROGRESS_CHANNEL,
      payloadsOf(runIds),
    ]);
  }

  /** Sent when the running transaction commits. */
  async notifySignal(runId: string): Promise<void> {
    await this.prisma.$executeRaw`SELECT pg_notify(${SIGNAL_CHANNEL}, ${runId})`;
  }

  /** Sent when the running transaction commits. */
  async notifySignals(runIds: readonly string[]): Promise<void> {
    await this.prisma.$executeRaw`
      SELECT pg_notify(${SIGNAL_CHANNEL}, payload) FROM unnest(${payloadsOf(runIds)}::text[]) AS payload`;
  }
}

function payloadsOf(runIds: readonly string[]): string[] {
  const payloads: string[] = [];
  for (let at = 0; at < runIds.length; at += IDS_PER_PAYLOAD) {
    payloads.push(runIds.slice(at, at + IDS_PER_PAYLOAD).join(','));
  }
  return payloads;
}
