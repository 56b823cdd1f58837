import { Injectable } from '@nestjs/common';
import type { Actor } from '../../../common/identity/actor.js';
import { DbalService } from '../../../common/dbal/dbal.service.js';
import { toSlice } from '../../../common/contracts/page.js';
import { ChangeLog } from '../../../common/events/change-log.js';
import { QueueService } from '../../../common/queue/queue.service.js';
import { UsersService } from '../users.service.js';
import { Ownership } from './ownership.js';
import {
  notPending,
  notTheRequester,
  notTheTarget,
  ownerChanged,
  powerTransferNotFound,
  targetNotActive,
  toOneself,
} from './power-transfers.errors.js';
import { changed } from './power-transfers.events.js';
import { PowerTransfersRepository } from './power-transfers.repository.js';
import type { PowerTransfer, PowerTransferList, PowerTransferStatus } from './power-transfers.types.js';
import { databaseTimeIn } from '../../../common/time/database-clock.js';

export const EXPIRE_POWER_TRANSFER = 'power_transfer.expire';

const LIFETIME_MS = 60 * 60_000;
/** Clocks of processes differ a little; nobody notices a second. */
const GRACE_MS = 1000;

/** How a tenant changes hands: its owner offers it, and somebody accepts within an hour. */
@Injectable()
export class PowerTransfersService {
  constructor(
    private readonly transfers: PowerTransfersRepository,
    private readonly users: UsersService,
    private readonly ownership: Ownership,
    private readonly dbal: DbalService,
    private readonly changes: ChangeLog,
    private readonly queue: QueueService,
  ) {}

  /** One page, newest first: of all for those who manage users, of one's own for everybody else. */
  list(actor: Actor, query: PowerTransferList): Promise<{ rows: PowerTransfer[]; total: number }> {
    const involving = seesAll(actor) ? undefined : actor.id;
    return this.transfers.findPage({ status: query.status, involving }, toSlice(query));
  }

  /**
   * The owner asks somebody to take over.
   * @throws NotFoundError `user.not_found`; UnprocessableError `power_transfer.to_oneself`, `power_transfer.target_not_active`,
   * `plan.limit_reached`;
   * ConflictError `power_transfer.pending`, `power_transfer.owner_changed`.
   */
  request(actor: Actor, toUserId: string): Promise<PowerTransfer> {
    if (toUserId === actor.id) throw toOneself();
    return this.dbal.transaction(async () => {
      const users = await this.users.lock([actor.id, toUserId]);
      if (users.get(actor.id)!.role !== 'owner') throw ownerChanged();
      if (users.get(toUserId)!.status !== 'ACTIVE') throw targetNotActive();
      await this.transfers.expire({ toUserId });
      await this.ownership.countOffer();
      const transfer = await this.transfers.create(actor.id, toUserId, databaseTimeIn(LIFETIME_MS));
      await this.queue.enqueue(
        EXPIRE_POWER_TRANSFER,
        { id: transfer.id },
        { runAt: new Date(transfer.expiresAt.getTime() + GRACE_MS) },
      );
      await this.changes.record(actor, 'power_transfer.requested', ...changed(transfer));
      return transfer;
    });
  }

  /**
   * Who was asked becomes the owner, and the owner an admin, at once everywhere. Other offers of that owner are withdrawn.
   * @throws NotFoundError `power_transfer.not_found`; ForbiddenError `power_transfer.not_the_target`; ConflictError
   * `power_transfer.owner_changed` or with the status it is in, as `power_transfer.expired`.
   */
  accept(actor: Actor, id: string): Promise<PowerTransfer> {
    return this.dbal.transaction(async () => {
      const { fromUserId, toUserId } = await this.#get(actor, id);
      if (toUserId !== actor.id) throw notTheTarget();
      // The users first, here as in `request`: locks are always taken in one order.
      const users = await this.users.lock([fromUserId, toUserId]);
      const transfer = await this.#resolve(id, 'accepted');
      await this.ownership.move(actor, users.get(fromUserId)!, users.get(toUserId)!);
      await this.changes.record(actor, 'power_transfer.accepted', ...changed(transfer));
      for (const other of await this.transfers.cancelOthers(fromUserId)) {
        await this.changes.record(actor, 'power_transfer.cancelled', ...changed(other));
      }
      return transfer;
    });
  }

  /** @throws as `accept`. */
  reject(actor: Actor, id: string): Promise<PowerTransfer> {
    return this.dbal.transaction(async () => {
      if ((await this.#get(actor, id)).toUserId !== actor.id) throw notTheTarget();
      const transfer = await this.#resolve(id, 'rejected');
      await this.changes.record(actor, 'power_transfer.rejected', ...changed(transfer));
      return transfer;
    });
  }

  /** The owner takes the offer back. @throws as `accept`, and ForbiddenError `power_transfer.not_the_requester`. */
  cancel(actor: Actor, id: string): Promise<PowerTransfer> {
    return this.dbal.transaction(async () => {
      if ((await this.#get(actor, id)).fromUserId !== actor.id) throw notTheRequester();
      const transfer = await this.#resolve(id, 'cancelled');
      await this.changes.record(actor, 'power_transfer.cancelled', ...changed(transfer));
      return transfer;
    });
  }

  /** Notes that a transfer's time is over, if it is and nobody has answered. */
  async expire(id: string): Promise<void> {
    await this.transfers.expire({ id });
  }

  async #get(actor: Actor, id: string): Promise<PowerTransfer> {
    const transfer = await this.transfers.findById(id);
    const isMine = transfer?.fromUserId === actor.id || transfer?.toUserId === actor.id;
    if (!transfer || !(isMine || seesAll(actor))) throw powerTransferNotFound();
    return transfer;
  }

  async #resolve(id: string, status: PowerTransferStatus): Promise<PowerTransfer> {
    const transfer = await this.transfers.findForUpdate(id);
    if (!transfer) throw powerTransferNotFound();
    if (transfer.status !== 'pending') throw notPending(transfer.status);
    const resolved = await this.transfers.resolve(id, status);
    if (!resolved) throw powerTransferNotFound();
    return resolved;
  }
}

function seesAll(actor: Actor): boolean {
  return actor.permissions.has('user:manage');
}
