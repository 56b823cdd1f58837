import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../common/config/config.js';
import { workerConnections } from '../../common/queue/worker-pool.js';
import { StartupError } from '../../common/errors/startup.error.js';
import { type ServerConnections, ServerConnectionsReadModel } from './server-connections.read-model.js';

/** Connections that `DatabaseListener` holds. */
const LISTENERS = 1;

/**
 * Returns the maximum number of server connections this process may have open. Connections through a pooler are not
 * counted.
 */
export function connectionsOf(config: Config): number {
  const isPooled =
    config.DATABASE_LISTEN_URL !== undefined &&
    new URL(config.DATABASE_LISTEN_URL).host !== new URL(config.DATABASE_URL).host;
  const pools = isPooled ? 0 : config.DATABASE_POOL_MAX + config.DATABASE_PLATFORM_POOL_MAX;
  return pools + LISTENERS + workerConnections(config);
}

/** Returns a warning, a reason not to start, or neither. */
export function judgeConnections(
  own: number,
  { used, available }: ServerConnections,
): { level: 'ok' | 'warn' | 'refuse'; text: string } {
  if (own > available) {
    return {
      level: 'refuse',
      text:
        `This process may open ${own} database connections, but the server allows only ${available}. ` +
        'Lower DATABASE_POOL_MAX, DATABASE_PLATFORM_POOL_MAX or WORKER_CONCURRENCY, or raise max_connections.',
    };
  }
  if (used + own > available) {
    return {
      level: 'warn',
      text:
        `This process may open ${own} database connections. ${used} are open already, and the server allows ${available} in total: ` +
        'under load, connections will be refused. Lower the pools of all processes, put PgBouncer in front, or raise max_connections.',
    };
  }
  return { level: 'ok', text: `At most ${own} database connections here; ${used} of ${available} are open.` };
}

/** Compares, at start, the connections that all processes may open with the server's limit. */
@Injectable()
export class ConnectionBudget implements OnApplicationBootstrap {
  private readonly logger = new Logger(ConnectionBudget.name);

  constructor(
    private readonly config: Config,
    private readonly server: ServerConnectionsReadModel,
  ) {}

  /** @throws StartupError when this process alone could exceed the server's limit. */
  async onApplicationBootstrap(): Promise<void> {
    const { level, text } = judgeConnections(connectionsOf(this.config), await this.server.read());
    if (level === 'refuse') throw new StartupError([text]);
    if (level === 'warn') this.logger.warn(text);
    else this.logger.debug(text);
  }
}
