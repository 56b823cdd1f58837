import type { TestApp } from './test-app.js';

export interface ReceivedEvent {
  id: string;
  event: string;
  data: Record<string, unknown>;
}

/** What a client of an event stream sees. */
export class EventStream {
  readonly events: ReceivedEvent[] = [];
  /** Everything as it came. */
  raw = '';
  /** Resolves when the server has ended the stream. */
  readonly ended: Promise<void>;
  #waiting: (() => void)[] = [];
  #isOver = false;

  private constructor(
    readonly response: Response,
    private readonly leave: AbortController,
  ) {
    this.ended = this.#read();
  }

  /** @param path below `/api/v1`. */
  static async open({ app }: TestApp, path: string, headers: Record<string, string>): Promise<EventStream> {
    const leave = new AbortController();
    const response = await fetch(`${await app.getUrl()}/api/v1${path}`, {
      headers: { Accept: 'text/event-stream', ...headers },
      signal: leave.signal,
    });
    return new EventStream(response, leave);
  }

  /** Resolves when an event of that type has come. @throws when the stream ends without one. */
  async saw(type: string): Promise<ReceivedEvent> {
    for (;;) {
      const found = this.events.find(({ event }) => event === type);
      if (found) return found;
      if (this.#isOver) throw new Error(`The stream (${this.response.status}) ended without ${type}: ${this.raw}`);
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  close(): void {
    this.leave.abort();
  }

  async #read(): Promise<void> {
    let rest = '';
    const decoder = new TextDecoder();
    try {
      for await (const chunk of this.response.body ?? []) {
        const text = decoder.decode(chunk as Uint8Array, { stream: true });
        this.raw += text;
        const frames = (rest + text).split('\n\n');
        rest = frames.pop()!;
        this.events.push(...frames.flatMap(parse));
        for (const resolve of this.#waiting.splice(0)) resolve();
      }
    } catch (error) {
      if (!this.leave.signal.aborted) throw error;
    } finally {
      this.#isOver = true;
      for (const resolve of this.#waiting.splice(0)) resolve();
    }
  }
}

function parse(frame: string): ReceivedEvent[] {
  const fields = Object.fromEntries(
    frame.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2) as [string, string]),
  );
  const { id, event, data } = fields;
  return id === undefined ? [] : [{ id, event: event!, data: JSON.parse(data!) as Record<string, unknown> }];
}
