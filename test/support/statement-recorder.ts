import { FrontendMessages, wireProxy } from './wire-proxy.js';

/** A statement as it was sent, with its values as text. */
export interface SentStatement {
  sql: string;
  values: (string | null)[];
}

export interface StatementRecorder {
  /** The given URL, through the recorder. */
  url: string;
  /** What was sent while `fn` ran, in order. One at a time. */
  record(fn: () => Promise<unknown>): Promise<SentStatement[]>;
  close(): Promise<void>;
}

/** A proxy in front of PostgreSQL that records the statements of the extended protocol, for tests of how they are executed. */
export async function statementRecorder(url: string): Promise<StatementRecorder> {
  let sent: SentStatement[] = [];
  const proxy = await wireProxy(url, () => {
    const texts = new Map<string, string>();
    const messages = new FrontendMessages((type, body) => {
      if (type !== 'P' && type !== 'B') return;
      const [first, second] = [textAt(body, 0), textAt(body, body.indexOf(0) + 1)];
      if (type === 'P') texts.set(first, second);
      else sent.push({ sql: texts.get(second) ?? '', values: valuesOf(body) });
    });
    return { onClient: (chunk) => messages.read(chunk) };
  });
  return {
    ...proxy,
    async record(fn) {
      sent = [];
      await fn();
      return sent;
    },
  };
}

function textAt(body: Buffer, from: number): string {
  return body.toString('utf8', from, body.indexOf(0, from));
}

/** Of a Bind message: behind the names of portal and statement, and the formats. */
function valuesOf(body: Buffer): (string | null)[] {
  let at = body.indexOf(0, body.indexOf(0) + 1) + 1;
  at += 2 + 2 * body.readUInt16BE(at);
  const count = body.readUInt16BE(at);
  at += 2;
  return Array.from({ length: count }, () => {
    const length = body.readInt32BE(at);
    at += 4;
    if (length < 0) return null;
    at += length;
    return body.toString('utf8', at - length, at);
  });
}
