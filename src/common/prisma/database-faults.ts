/** Meaning of an error code of PostgreSQL, a pooler or the network. */
export type Meaning =
  /** Temporarily unavailable: the same request may succeed later. */
  | 'away'
  /** It is unknown whether the commit took place. */
  | 'commit unknown'
  /** Conflict with another transaction: the same request may succeed at once. */
  | 'conflict'
  /** The server lacks a prepared statement that it should have, or has one that it should not; nothing was executed. */
  | 'statement lost'
  | 'timeout'
  /** A CHECK constraint rejected a value that had passed validation. */
  | 'refused value';

interface Fault {
  meaning: Meaning;
  /** True if the connection can be reused. */
  keepsConnection: boolean;
}

const away: Fault = { meaning: 'away', keepsConnection: true };
const lost: Fault = { meaning: 'away', keepsConnection: false };
const conflict: Fault = { meaning: 'conflict', keepsConnection: true };
const timeout: Fault = { meaning: 'timeout', keepsConnection: true };
const statementLost: Fault = { meaning: 'statement lost', keepsConnection: false };

/**
 * The only table of codes that do not indicate a defect. Codes that are not listed stay unmapped: too deep a stack
 * (54001), for example, fails on every attempt.
 */
const FAULTS: Readonly<Record<string, Fault>> = {
  // Connections. PgBouncer reports its own errors, such as query_wait_timeout, as 08P01.
  '08000': lost,
  '08001': lost,
  '08003': lost,
  '08004': lost,
  '08006': lost,
  '08P01': lost,
  // The session or its transaction was idle or open for too long, so the server ended it.
  '25P03': lost,
  '25P04': lost,
  '57P05': lost,
  // A primary has become a standby; a new connection finds the new primary.
  '25006': lost,
  // The server is shutting down, has crashed, or is starting.
  '57P01': lost,
  '57P02': lost,
  '57P03': lost,
  '53300': lost,
  // Disk, memory, an object in use, I/O.
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

/** Sent by PostgreSQL because of a defect in this application: the values do not match the statement's parameters. */
const OUR_PROTOCOL_VIOLATION = /^bind message /;

function faultOf(code: string | undefined, message: string): Fault | undefined {
  if (code === undefined || !Object.hasOwn(FAULTS, code)) return undefined;
  return code === '08P01' && OUR_PROTOCOL_VIOLATION.test(message) ? undefined : FAULTS[code];
}

/** Returns undefined for a defect. @param message the server's own message. */
export function meaningOf(code: string | undefined, message = ''): Meaning | undefined {
  return faultOf(code, message)?.meaning;
}

/** True if the connection must be abandoned after this error. */
export function endsConnection(code: string | undefined, message = ''): boolean {
  return faultOf(code, message)?.keepsConnection === false;
}
