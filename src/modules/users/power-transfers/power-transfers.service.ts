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
/** Tolerance for clock differences between processes. */
const GRACE_MS = 1000;

/** Transfers the ownership of a tenant: its owner offers it, and the other user accepts within an hour. */
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

  /** Returns one page, newest first: all transfers for users who manage users, only their own for others. */
  list(actor: Actor, query: PowerTransferList): Promise<{ rows: PowerTransfer[]; total: number }> {
    const involving = seesAll(actor) ? undefined : actor.id;
    return this.transfers.findPage({ status: query.status, involving }, toSlice(query));
  }

  /**
   * Offers the ownership to another user.
   * @throws NotFoundError `user.not_found`; UnprocessableError `power_transfer.to_oneself`,
   * `power_transfer.target_not_active`, `plan.limit_reached`; ConflictError `power_transfer.pending`,
   * `power_transfer.owner_changed`.
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
   * Makes the target user the owner, and the owner an admin, with immediate effect in all processes. The owner's other
   * offers are cancelled.
   * @throws NotFoundError `power_transfer.not_found`; ForbiddenError `power_transfer.not_the_target`; ConflictError
   * `power_transfer.owner_changed`, or one with the status it is in, such as `power_transfer.expired`.
   */
  accept(actor: Actor, id: string): Promise<PowerTransfer> {
    return this.dbal.transaction(async () => {
      const { fromUserId, toUserId } = await this.#get(actor, id);
      if (toUserId !== actor.id) throw notTheTarget();
      // Users are locked before the transfer, as in `request`: a fixed lock order avoids deadlocks.
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

  /** @throws the errors of `accept`. */
  reject(actor: Actor, id: string): Promise<PowerTransfer> {
    return this.dbal.transaction(async () => {
      if ((await this.#get(actor, id)).toUserId !== actor.id) throw notTheTarget();
      const transfer = await this.#resolve(id, 'rejected');
      await this.changes.record(actor, 'power_transfer.rejected', ...changed(transfer));
      return transfer;
    });
  }

  /**
   * Withdraws the owner's offer.
   * @throws the errors of `accept`, and ForbiddenError `power_transfer.not_the_requester`.
   */
  cancel(actor: Actor, id: string): Promise<PowerTransfer> {
    return this.dbal.transaction(async () => {
      if ((await this.#get(actor, id)).fromUserId !== actor.id) throw notTheRequester();
      const transfer = await this.#resolve(id, 'cancelled');
      await this.changes.record(actor, 'power_transfer.cancelled', ...changed(transfer));
      return transfer;
    });
  }

  /** Sets a transfer to `expired` if its time is over and nobody has answered. */
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
