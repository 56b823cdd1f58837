import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../../common/prisma/platform-prisma.service.js';

export interface ServerConnections {
  /** Open connections of all programs on the server. */
  used: number;
  /** Connections available to ordinary roles: `max_connections` minus those reserved for administrators. */
  available: number;
}

@Injectable()
export class ServerConnectionsReadModel {
  constructor(private readonly prisma: PlatformPrismaService) {}

  async read(): Promise<ServerConnections> {
    // `reserved_connections` exists since PostgreSQL 16.
    const rows = await this.prisma.$queryRaw<ServerConnections[]>`
      SELECT (SELECT sum(numbackends) FROM pg_stat_database)::int AS used,
             current_setting('max_connections')::int
               - current_setting('superuser_reserved_connections')::int
               - coalesce(current_setting('reserved_connections', true), '0')::int AS available`;
    return rows[0]!;
  }
}
