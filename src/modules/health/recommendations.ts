/** The figures from which recommendations are derived. Durations are in milliseconds. */
export interface HealthFigures {
  connected: boolean;
  takesWrites: boolean;
  migrations: { ok: boolean; detail: string };
  queries: { total: number; slow: number; averageMs: number };
  pools: { role: string; inUse: number; waiting: number; max: number }[];
  server: { used: number; available: number } | null;
  eventLoopP99Ms: number;
}

/** With fewer queries than this, percentages mean nothing. */
const ENOUGH_QUERIES = 100;
const SLOW_SHARE = 0.01;
const SLOW_AVERAGE_MS = 50;
const FEW_CONNECTIONS_LEFT = 0.2;
const EVENT_LOOP_LATE_MS = 100;

const percent = (share: number): string => `${Math.round(share * 1000) / 10} %`;

/** Returns recommendations for operators, most urgent first; empty if there are none. */
export function recommendationsFor(figures: HealthFigures): string[] {
  const { connected, takesWrites, migrations, queries, pools, server, eventLoopP99Ms } = figures;
  if (!connected) return ['The database does not respond: check DATABASE_URL, the network and the server.'];
  const advice: string[] = [];
  if (!takesWrites) advice.push('The database is read-only: check that DATABASE_URL points to the primary.');
  if (!migrations.ok) advice.push(migrations.detail);
  for (const { role, inUse, waiting, max } of pools) {
    if (waiting > 0) {
      advice.push(
        `${waiting} callers wait for one of the ${max} connections of the ${role} pool (${inUse} in use): ` +
          'look for slow queries first, then enlarge the pool or add processes.',
      );
    }
  }
  if (server && server.available - server.used < server.available * FEW_CONNECTIONS_LEFT) {
    advice.push(
      `The server has ${server.used} of ${server.available} connections open: ` +
        'lower the pools, put PgBouncer in front, or raise max_connections.',
    );
  }
  if (queries.total >= ENOUGH_QUERIES && queries.slow / queries.total > SLOW_SHARE) {
    advice.push(`${percent(queries.slow / queries.total)} of the queries are slow: they are logged as "Slow query".`);
  }
  if (queries.total >= ENOUGH_QUERIES && queries.averageMs > SLOW_AVERAGE_MS) {
    advice.push(
      `A query takes ${Math.round(queries.averageMs)} ms on average: check the server's load and the network.`,
    );
  }
  if (eventLoopP99Ms > EVENT_LOOP_LATE_MS) {
    advice.push(
      `The event loop is up to ${Math.round(eventLoopP99Ms)} ms late: this process needs more CPU, or more processes.`,
    );
  }
  return advice;
}
