import { type ChildProcess, fork } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { SandboxReply, SandboxRequest } from './process/sandbox-protocol.types.js';
import { ScriptError } from './script-error.js';
import { MAX_SCRIPT_MEMORY_BYTES } from './script.types.js';

const ENDING = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
const MAIN = fileURLToPath(new URL(`./process/sandbox-main.${ENDING}`, import.meta.url));

const require = createRequire(import.meta.url);
const WASMOON = dirname(require.resolve('wasmoon/package.json'));
const JSONATA = dirname(require.resolve('jsonata/package.json'));

const START_TIMEOUT_MS = 20_000;
/** For the process to notice its own deadline, which leaves it usable and keeps the script's log. Then it is killed. */
const GRACE_MS = 500;
const STDERR_LENGTH = 2000;

/** The last line of defence: no files but the program's own, no processes, no threads, no code from strings, a small heap, no environment. */
const ARGUMENTS = [
  '--permission',
  `--allow-fs-read=${dirname(MAIN)}`,
  `--allow-fs-read=${WASMOON}`,
  `--allow-fs-read=${JSONATA}`,
  `--max-old-space-size=${MAX_SCRIPT_MEMORY_BYTES / 1_048_576}`,
  '--max-semi-space-size=8',
  '--disallow-code-generation-from-strings',
  '--no-warnings',
];

export type SandboxOutcome = Extract<SandboxReply, { type: 'done' }>;

interface Waiter {
  readonly takes: (reply: SandboxReply) => boolean;
  readonly resolve: (reply: SandboxReply) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A process of its own that runs scripts, one at a time. A process and not a thread: a thread whose heap is exhausted in one large
 * step takes the whole program with it, and no limit of a thread prevents that.
 */
export class SandboxProcess {
  private readonly child: ChildProcess;
  private readonly ready: Promise<SandboxReply>;
  private readonly waiters = new Set<Waiter>();
  private stderr = '';
  private end?: Error;

  constructor() {
    this.child = fork(MAIN, [pathToFileURL(join(WASMOON, 'dist/index.js')).href, join(JSONATA, 'jsonata.min.js')], {
      execArgv: ARGUMENTS,
      env: {},
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-STDERR_LENGTH);
    });
    this.child.on('message', (reply: SandboxReply) => this.receive(reply));
    this.child.on('error', (error) => this.finish(error));
    // Not "exit": what it wrote last says why it ended.
    this.child.on('close', (code, signal) => this.finish(this.reasonOf(code, signal)));
    this.ready = this.reply((reply) => reply.type === 'ready');
    // Whoever runs something hears of a failed start; nobody else has to.
    this.ready.catch(() => undefined);
    this.keepAlive(false);
  }

  /** Of the operating system. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  get isAlive(): boolean {
    return this.end === undefined;
  }

  /**
   * Runs one request to its end. The caller gives it one at a time, and another one only while `isAlive`.
   * @throws ScriptError for the script's own faults; the signal's reason; Error when the process did not start, or broke.
   */
  async run(request: SandboxRequest, signal?: AbortSignal): Promise<SandboxOutcome> {
    signal?.throwIfAborted();
    const abort = (): void => this.killFor(signal?.reason as Error);
    signal?.addEventListener('abort', abort);
    this.keepAlive(true);
    try {
      await this.within(START_TIMEOUT_MS, new Error('A sandbox process did not start in time.'), this.ready);
      const started = this.reply((reply) => reply.type === 'started' || isEnd(reply));
      const end = this.reply(isEnd);
      // The one that is awaited later may fail first.
      end.catch(() => undefined);
      this.child.send(request);
      await this.within(START_TIMEOUT_MS, new Error('A sandbox process did not begin in time.'), started);
      const tooLong = new ScriptError('timeout', `The script took longer than ${request.timeoutMs} ms.`);
      const reply = await this.within(request.timeoutMs + GRACE_MS, tooLong, end);
      if (reply.type === 'done') return reply;
      if (reply.type !== 'failed') throw new Error(`A sandbox process answered ${reply.type}.`);
      throw new ScriptError(reply.failure.kind, reply.failure.message, reply.failure.line, reply.logs);
    } finally {
      signal?.removeEventListener('abort', abort);
      this.keepAlive(false);
    }
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }

  private killFor(reason: Error): void {
    this.finish(reason);
    this.kill();
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

  /** V8 aborts a process whose heap is exhausted; in containers, the kernel may be faster. */
  private reasonOf(code: number | null, signal: NodeJS.Signals | null): Error {
    if (signal === 'SIGABRT' || code === 134 || this.stderr.includes('heap out of memory')) {
      return new ScriptError('memory', 'The script used more memory than it may.');
    }
    return new Error(`A sandbox process ended (${signal ?? code}): ${this.stderr.trim().split('\n')[0] ?? ''}`);
  }

  /** Only while something runs does the process keep the program from ending. */
  private keepAlive(isBusy: boolean): void {
    const method = isBusy ? 'ref' : 'unref';
    this.child[method]();
    this.child.channel?.[method]();
    (this.child.stderr as { ref?(): void; unref?(): void } | null)?.[method]?.();
  }
}

function isEnd(reply: SandboxReply): boolean {
  return reply.type === 'done' || reply.type === 'failed';
}
