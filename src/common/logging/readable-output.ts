import type { DestinationStream } from 'pino';
import { standardOutput } from './standard-output.js';

/** What stands in the line already, or is the same in all of them. */
const SHOWN = [
  'time',
  'level',
  'pid',
  'role',
  'context',
  'method',
  'path',
  'route',
  'status',
  'durationMs',
  'actorKind',
];

type Line = Record<string, unknown>;

/**
 * Standard output for the eyes of a developer: a line per event, texts of several lines as they are.
 * Falls back to JSON lines where pino-pretty, a development package, is not installed.
 */
export async function readableOutput(): Promise<DestinationStream> {
  const output = standardOutput();
  const format = await readableFormat({ colors: true });
  return format ? { write: (line) => output.write(format(line)) } : output;
}

/** Makes a JSON line readable; `null` without pino-pretty. */
export async function readableFormat({ colors }: { colors: boolean }): Promise<((line: string) => string) | null> {
  const pretty = await loadPretty();
  if (!pretty) return null;
  return pretty.prettyFactory({
    colorize: colors,
    singleLine: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: SHOWN.filter((field) => field !== 'time' && field !== 'level').join(','),
    messageFormat: (line) => messageOf(line),
  });
}

function messageOf(line: Line): string {
  const context = typeof line['context'] === 'string' ? `${line['context']}: ` : '';
  if (line['msg'] !== 'request') return `${context}${String(line['msg'])}`;
  return `${String(line['method'])} ${String(line['path'])} ${String(line['status'])} ${String(line['durationMs'])} ms`;
}

async function loadPretty(): Promise<Pick<typeof import('pino-pretty'), 'prettyFactory'> | null> {
  try {
    return await import('pino-pretty');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw error;
  }
}
