import { Injectable } from '@nestjs/common';
import { AuditService } from '../../../common/audit/audit.service.js';
import type { Actor } from '../../../common/identity/actor.js';
import { EventsService } from '../../../common/events/events.service.js';
import type { PowerTransfer } from './power-transfers.types.js';
import './power-transfers.events.js';

/** Tells what becomes of power transfers, in the running transaction: the audit log, and whoever listens to events. */
@Injectable()
export class PowerTransferLog {
  constructor(
    private readonly audit: AuditService,
    private readonly events: EventsService,
  ) {}

  async record(
    actor: Actor,
    action: `power_transfer.${'requested' | 'accepted' | 'rejected' | 'cancelled'}`,
    { id, fromUserId, toUserId }: PowerTransfer,
  ): Promise<void> {
    const details = { fromUserId, toUserId };
    await this.audit.record(actor, { action, targetType: 'power_transfer', targetId: id, details });
    await this.events.emit(action, { id, ...details });
  }
}
