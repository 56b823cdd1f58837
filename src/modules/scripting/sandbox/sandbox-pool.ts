import { FairQueue } from '../../../common/concurrency/fair-queue.js';
import { UnavailableError } from '../../../common/errors/app-error.js';
import type { SandboxRequest } from './process/sandbox-protocol.types.js';
import type { SandboxKind } from './sandbox-languages.js';
import { type SandboxOutcome, SandboxProcess } from './sandbox-process.js';

const IDLE_MS = 60_000;
/** A process is replaced after so many requests, since the languages' own caches grow. */
const MAX_REQUESTS = 5000;

export interface PoolSize {
  readonly processes: number;
  /** Processes that one tenant may use at the same time. */
  readonly processesPerTenant: number;
  readonly maxWaiting: number;
  readonly maxWaitingPerTenant: number;
}

interface Member {
  readonly process: SandboxProcess;
  requests: number;
  idleSince: number;
}

/** A few processes of one kind, started when needed and ended when idle. Tenants are served in turn. */
export class SandboxPool {
  private readonly idle: Member[] = [];
  private readonly all = new Set<Member>();
  private readonly queue: FairQueue;
  private sweeper?: NodeJS.Timeout;
  private isClosed = false;

  constructor(
    private readonly kind: SandboxKind,
    size: PoolSize,
  ) {
    this.queue = new FairQueue(
      {
        concurrency: size.processes,
        concurrencyPerLane: size.processesPerTenant,
        maxWaiting: size.maxWaiting,
        maxWaitingPerLane: size.maxWaitingPerTenant,
      },
      () => new UnavailableError('script.busy', 'Too many scripts are running right now. Try again in a moment.'),
    );
  }

  /**
   * @param request called when its turn has come, so that waiting requests hold no copies of their data.
   * @throws what `request` throws; ScriptError; the signal's reason; UnavailableError when too many requests are
   * waiting.
   */
  run(tenantId: string, request: () => SandboxRequest, signal?: AbortSignal): Promise<SandboxOutcome> {
    return this.queue.run(tenantId, async () => {
      signal?.throwIfAborted();
      const made = request();
      const member = this.take();
      try {
        return await member.process.run(made, signal);
      } finally {
        this.giveBack(member);
      }
    });
  }

  close(): void {
    this.isClosed = true;
    clearInterval(this.sweeper);
    for (const { process } of this.all) process.kill();
  }

  private take(): Member {
    if (this.isClosed) throw new UnavailableError();
    for (let last = this.idle.pop(); last; last = this.idle.pop()) {
      if (last.process.isAlive) return last;
      this.all.delete(last);
    }
    const member = { process: new SandboxProcess(this.kind), requests: 0, idleSince: 0 };
    this.all.add(member);
    return member;
  }

  private giveBack(member: Member): void {
    member.requests += 1;
    if (!member.process.isAlive || member.process.isProvisional || member.requests >= MAX_REQUESTS) {
      this.end(member);
      return;
    }
    member.idleSince = performance.now();
    this.idle.push(member);
    this.sweeper ??= setInterval(() => this.endIdle(), IDLE_MS / 2).unref();
  }

  private endIdle(): void {
    while (this.idle[0] && performance.now() - this.idle[0].idleSince > IDLE_MS) this.end(this.idle.shift()!);
  }

  private end(member: Member): void {
    this.all.delete(member);
    member.process.kill();
  }
}
