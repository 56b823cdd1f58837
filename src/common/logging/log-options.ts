import { type DestinationStream, type Logger, type LoggerOptions, pino, stdSerializers } from 'pino';
import type { Config } from '../config/config.js';
import { factsOfRequest } from '../request/request-facts.js';
import { currentTenantScope } from '../tenancy/tenant-context.js';
import { redact } from './redact.js';

const INFO = 30;
/** Nest logs every module and route that it starts; these lines are only useful for debugging. */
const CHATTY_CONTEXTS = new Set<unknown>([
  'InstanceLoader',
  'RouterExplorer',
  'RoutesResolver',
  'NestFactory',
  'NestApplication',
]);

/** Creates a logger that writes JSON lines to standard output, one per event. */
export function createLogger(config: Pick<Config, 'LOG_LEVEL' | 'APP_ROLE'>, destination?: DestinationStream): Logger {
  const options: LoggerOptions = {
    level: config.LOG_LEVEL,
    base: { pid: process.pid, role: config.APP_ROLE },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: whoAndWhere,
    formatters: { level: (label) => ({ level: label }), log: redact },
    serializers: { err: serializeError },
    hooks: { logMethod },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Adds request, tenant and actor of the running context to every line. */
function whoAndWhere(): object {
  const facts = factsOfRequest();
  const tenantId = currentTenantScope()?.tenantId;
  if (!facts) return tenantId ? { tenantId } : {};
  return { requestId: facts.requestId, tenantId: tenantId ?? facts.request.tenantId, actorId: facts.request.actor?.id };
}

function serializeError(error: Error): object {
  const fields = stdSerializers.err(error);
  return redact({ ...fields, ...withoutArguments(fields) });
}

/**
 * Prisma's message repeats all arguments of an invalid call, which may include hashes of secrets. Only the call and the
 * reason are kept.
 */
function withoutArguments({ type, message, stack }: { type: string; message: string; stack: string }): object {
  if (type !== 'PrismaClientValidationError') return {};
  const paragraphs = message.trim().split(/\n{2,}/);
  const reason = [paragraphs[0], paragraphs.at(-1)].join(' ');
  return { message: reason, stack: `${type}: ${reason}\n${stack.split('\n').filter(isFrame).join('\n')}` };
}

function isFrame(line: string): boolean {
  return /^ {4}at /.test(line);
}

/**
 * Supports `logger.error('What failed', error)`, Nest's signature: pino alone would drop the error, since the text has
 * no placeholder for it.
 */
function logMethod(
  this: Logger,
  args: Parameters<Logger['info']>,
  method: (...args: unknown[]) => void,
  level: number,
): void {
  const [fields, message, ...rest] = args as unknown[];
  if (typeof fields !== 'object' || fields === null) return method.apply(this, args);
  if (level === INFO && CHATTY_CONTEXTS.has((fields as { context?: unknown }).context)) {
    if (this.isLevelEnabled('debug')) this.debug(fields, message as string);
    return;
  }
  const error = rest.find((value) => value instanceof Error);
  const others = rest.filter((value) => value !== undefined && value !== error);
  method.call(
    this,
    { ...fields, ...(error && { err: error }), ...(others.length > 0 && { details: others }) },
    ...(message === undefined ? [] : [message]),
  );
}
