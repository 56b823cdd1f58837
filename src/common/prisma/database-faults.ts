/** The meaning of an error code of PostgreSQL, a pooler or the network for a caller. */
export type Meaning =
  /** Not now: the same may succeed later. */
  | 'away'
  /** Nobody knows whether the commit took place. */
  | 'commit unknown'
  /** Lost against another transaction: the same may succeed at once. */
  | 'conflict'
  /** The server does not know a prepared statement that it should, or knows one that it should not; nothing was executed. */
  | 'statement lost'
  /** It took too long. */
  | 'timeout'
  /** A value passed our validation that a CHECK refuses. */
  | 'refused value';

interface Fault {
  meaning: Meaning;
  /** Whether the connection it was met on can be used again. */
  keepsConnection: boolean;
}

const away: Fault = { meaning: 'away', keepsConnection: true };
const lost: Fault = { meaning: 'away', keepsConnection: false };
const conflict: Fault = { meaning: 'conflict', keepsConnection: true };
const timeout: Fault = { meaning: 'timeout', keepsConnection: true };
const statementLost: Fault = { meaning: 'statement lost', keepsConnection: false };

/**
 * The one table of codes that are no defect of ours. What is not in it stays what it is: a stack that is too deep (54001), for
 * example, comes again at every try.
 */
const FAULTS: Readonly<Record<string, Fault>> = {
  // Connections. PgBouncer reports its own errors, such as query_wait_timeout, as 08P01.
  '08000': lost,
  '08001': lost,
  '08003': lost,
  '08004': lost,
  '08006': lost,
  '08P01': lost,
  // The session, or its transaction, was idle or open for too long: the server has ended it.
  '25P03': lost,
  '25P04': lost,
  '57P05': lost,
  // A primary that has become a standby: a new connection finds the new primary.
  '25006': lost,
  // The server shuts down, has crashed, or starts.
  '57P01': lost,
  '57P02': lost,
  '57P03': lost,
  '53300': lost,
  // Disk, memory, an object in use, input and output.
  '53100': away,
  '53200': away,
  '55006': away,
  '58030': lost,
  '40003': { meaning: 'commit unknown', keepsConnection: false },
  '40001': conflict,
  '40P01': conflict,
  '26000': statementLost,
  '42P05': statementLost,
  '57014': timeout,
  '55P03': timeout,
  '23514': { meaning: 'refused value', keepsConnection: true },
  // The network.
  EAI_AGAIN: lost,
  ECONNABORTED: lost,
  ECONNREFUSED: lost,
  ECONNRESET: lost,
  EHOSTDOWN: lost,
  EHOSTUNREACH: lost,
  ENETDOWN: lost,
  ENETRESET: lost,
  ENETUNREACH: lost,
  ENOTFOUND: lost,
  EPIPE: lost,
  ETIMEDOUT: lost,
};

/** From PostgreSQL, because of a defect in this application: the values do not match the statement's parameters. */
const OUR_PROTOCOL_VIOLATION = /^bind message /;

function faultOf(code: string | undefined, message: string): Fault | undefined {
  if (code === undefined || !Object.hasOwn(FAULTS, code)) return undefined;
  return code === '08P01' && OUR_PROTOCOL_VIOLATION.test(message) ? undefined : FAULTS[code];
}

/** Undefined for what is a defect. `message` is the server's own. */
export function meaningOf(code: string | undefined, message = ''): Meaning | undefined {
  return faultOf(code, message)?.meaning;
}

/** Whether a connection that answered so has to be given up. */
export function endsConnection(code: string | undefined, message = ''): boolean {
  return faultOf(code, message)?.keepsConnection === false;
}
