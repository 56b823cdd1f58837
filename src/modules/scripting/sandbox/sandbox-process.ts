import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastPart } from '../../../common/values/text-length.js';
import { CAN_LIMIT_MEMORY, limitedBytes, residentBytes, watchMemory, withMemoryLimit } from './child-memory.js';
import type { SandboxReply, SandboxRequest } from './process/sandbox-protocol.types.js';
import type { SandboxKind } from './sandbox-languages.js';
import { ScriptError } from './script.errors.js';

const ENDING = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const MAIN = fileURLToPath(new URL(`./process/sandbox-main.${ENDING}`, import.meta.url));

const START_TIMEOUT_MS = 20_000;
/**
 * Time for the process to enforce its own deadline, which keeps it usable and preserves the script's log. After that it
 * is killed.
 */
const GRACE_MS = 500;
const STDERR_LENGTH = 2000;
const MIB = 1_048_576;

/**
 * The outermost layer of protection: no files except the application's own, no processes, no threads, no code from
 * strings, a small heap, no environment.
 */
function argumentsOf({ folders, heapBytes, languages }: SandboxKind): string[] {
  return [
    '--permission',
    ...[dirname(MAIN), ...folders].map((folder) => `--allow-fs-read=${folder}`),
    `--max-old-space-size=${heapBytes / MIB}`,
    '--max-semi-space-size=8',
    '--disallow-code-generation-from-strings',
    '--expose-gc',
    '--no-warnings',
    MAIN,
    JSON.stringify(languages),
  ];
}

/**
 * Memory of an idle process of each kind, as counted by the operating system's limit; known once the first process was
 * measured.
 */
const idleBytes = new WeakMap<SandboxKind, number>();

export type SandboxOutcome = Extract<SandboxReply, { type: 'done' }>;

interface Waiter {
  readonly takes: (reply: SandboxReply) => boolean;
  readonly resolve: (reply: SandboxReply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A process that runs scripts, one at a time. Not a thread: a thread that exhausts its heap in one large allocation
 * takes the whole application down, and no thread limit prevents that.
 */
export class SandboxProcess {
  private readonly child: ChildProcess;
  private readonly ready: Promise<void>;
  private readonly waiters = new Set<Waiter>();
  private stderr = '';
  private end?: Error;
  private readonly isLimited: boolean;
  private idleResidentBytes?: number;

  /** @param canLimit whether the operating system limits the memory; otherwise this process watches it. */
  constructor(
    private readonly kind: SandboxKind,
    private readonly canLimit = CAN_LIMIT_MEMORY,
  ) {
    const idle = canLimit ? idleBytes.get(kind) : undefined;
    this.isLimited = idle !== undefined;
    const command = process.execPath;
    const [file, args] =
      idle === undefined
        ? [command, argumentsOf(kind)]
        : withMemoryLimit(idle + kind.memoryBytes, command, argumentsOf(kind));
    this.child = spawn(file, args, { env: {}, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = lastPart(this.stderr + text, STDERR_LENGTH);
    });
    this.child.on('message', (reply: SandboxReply) => this.receive(reply));
    this.child.on('error', (error) => this.finish(error));
    // Not "exit": the last output, which explains the end, may arrive after it.
    this.child.on('close', (code, signal) => this.finish(this.reasonOf(code, signal)));
    this.ready = this.reply((reply) => reply.type === 'ready').then(() => this.measure());
    // A failed start is reported to those who run something; without one it is not an unhandled rejection.
    this.ready.catch(() => undefined);
    this.keepAlive(false);
  }

  /** Process id of the operating system. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  get isAlive(): boolean {
    return this.end === undefined;
  }

  /** True if this process should be replaced once idle: it was started before the memory limit was known. */
  get isProvisional(): boolean {
    return !this.isLimited && this.canLimit && idleBytes.has(this.kind);
  }

  /**
   * Runs one request to its end. The caller sends one at a time, and only while `isAlive`.
   * @throws ScriptError for the script's own faults; the signal's reason; Error if the process did not start, or broke.
   */
  async run(request: SandboxRequest, signal?: AbortSignal): Promise<SandboxOutcome> {
    signal?.throwIfAborted();
    const abort = (): void => this.killFor(signal?.reason as Error);
    signal?.addEventListener('abort', abort);
    this.keepAlive(true);
    let unwatch: (() => void) | undefined;
    try {
      await this.within(START_TIMEOUT_MS, new Error('A sandbox process did not start in time.'), this.ready);
      unwatch = this.watch();
      const started = this.reply((reply) => reply.type === 'started' || isEnd(reply));
      const end = this.reply(isEnd);
      // It is awaited later and may reject before that.
      end.catch(() => undefined);
      this.child.send(request);
      await this.within(START_TIMEOUT_MS, new Error('A sandbox process did not become ready in time.'), started);
      const tooLong = new ScriptError('timeout', `The script took longer than ${request.timeoutMs} ms.`);
      const reply = await this.within(request.timeoutMs + GRACE_MS, tooLong, end);
      if (reply.type === 'done') return reply;
      if (reply.type !== 'failed') throw new Error(`A sandbox process responded with ${reply.type}.`);
      const { kind, message, line, column } = reply.failure;
      throw new ScriptError(kind, message, line, reply.logs, column);
    } finally {
      unwatch?.();
      signal?.removeEventListener('abort', abort);
      this.keepAlive(false);
    }
  }

  kill(): void {
    this.killFor(new Error('A sandbox process was stopped by the application.'));
  }

  /** Measures the memory of the process while it is idle. */
  private async measure(): Promise<void> {
    const { pid = 0 } = this.child;
    const [limited, resident] = await Promise.all([limitedBytes(pid), residentBytes(pid)]);
    if (limited !== undefined && !this.isLimited) idleBytes.set(this.kind, limited);
    this.idleResidentBytes = resident;
  }

  private watch(): (() => void) | undefined {
    const { pid } = this.child;
    if (this.isLimited || pid === undefined || this.idleResidentBytes === undefined) return undefined;
    return watchMemory(pid, this.idleResidentBytes + this.kind.memoryBytes, () => this.killFor(outOfMemory()));
  }

  private killFor(reason: Error): void {
    this.finish(reason);
    this.child.kill('SIGKILL');
  }

  private receive(reply: SandboxReply): void {
    for (const waiter of this.waiters) {
      if (!waiter.takes(reply)) continue;
      this.waiters.delete(waiter);
      waiter.resolve(reply);
    }
  }

  private reply(takes: Waiter['takes']): Promise<SandboxReply> {
    if (this.end) return Promise.reject(this.end);
    return new Promise((resolve, reject) => this.waiters.add({ takes, resolve, reject }));
  }

  private async within<T>(timeoutMs: number, error: Error, promise: Promise<T>): Promise<T> {
    const timer = setTimeout(() => this.killFor(error), timeoutMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  private finish(error: Error): void {
    this.end ??= error;
    for (const { reject } of this.waiters) reject(this.end);
    this.waiters.clear();
  }

  /** V8 aborts a process that exhausts its heap or gets no more memory; in containers the kernel may kill it first. */
  private reasonOf(code: number | null, signal: NodeJS.Signals | null): Error {
    const isOutOfMemory = /out of memory|OOM|allocation failed|bad_alloc/i.test(this.stderr);
    if (isOutOfMemory || ENDS_OF_MEMORY.has(signal ?? code)) return outOfMemory();
    return new Error(`A sandbox process ended (${signal ?? code}): ${this.stderr.trim().split('\n')[0] ?? ''}`);
  }

  /** Keeps the event loop alive only while something runs. */
  private keepAlive(isBusy: boolean): void {
    const method = isBusy ? 'ref' : 'unref';
    this.child[method]();
    this.child.channel?.[method]();
    (this.child.stderr as { ref?(): void; unref?(): void } | null)?.[method]?.();
  }
}

/** Signals and exit codes of a process that ran out of memory: V8 aborted it, or the kernel killed it. */
const ENDS_OF_MEMORY = new Set<number | string | null>(['SIGABRT', 'SIGTRAP', 'SIGILL', 'SIGKILL', 134, 133, 132]);

function outOfMemory(): ScriptError {
  return new ScriptError('memory', 'The script exceeded its memory limit.');
}

function isEnd(reply: SandboxReply): boolean {
  return reply.type === 'done' || reply.type === 'failed';
}
