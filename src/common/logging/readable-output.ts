import type { DestinationStream } from 'pino';
import { standardOutput } from './standard-output.js';

/** Fields that the message already contains or that are the same in all lines. */
const SHOWN_BEFORE = ['pid', 'role', 'context', 'method', 'path', 'route', 'status', 'durationMs', 'actorKind'];

type Line = Record<string, unknown>;

/** Standard output for developers: a line per event, with multi-line texts unchanged. */
export async function readableOutput(): Promise<DestinationStream> {
  const output = standardOutput();
  const format = await readableFormat({ colors: true });
  return { write: (line) => output.write(format(line)) };
}

/** Returns a function that formats a JSON line for reading. */
export async function readableFormat({ colors }: { colors: boolean }): Promise<(line: string) => string> {
  // Loaded on demand, since production never needs it.
  const { prettyFactory } = await import('pino-pretty');
  return prettyFactory({
    colorize: colors,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: SHOWN_BEFORE.join(','),
    messageFormat: (line) => messageOf(line),
  });
}

function messageOf(line: Line): string {
  const context = typeof line['context'] === 'string' ? `${line['context']}: ` : '';
  if (line['msg'] !== 'request') return `${context}${String(line['msg'])}`;
  return `${String(line['method'])} ${String(line['path'])} ${String(line['status'])} ${String(line['durationMs'])} ms`;
}
