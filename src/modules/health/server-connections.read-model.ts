import { Injectable } from '@nestjs/common';
import { PlatformPrismaService } from '../../common/prisma/platform-prisma.service.js';

export interface ServerConnections {
  /** Open on the whole server, of all programs. */
  used: number;
  /** What programs like this one may open: `max_connections` without what is kept for administrators. */
  available: number;
}

@Injectable()
export class ServerConnectionsReadModel {
  constructor(private readonly prisma: PlatformPrismaService) {}

  async read(): Promise<ServerConnections> {
    // `reserved_connections` came with PostgreSQL 16.
    const rows = await this.prisma.$queryRaw<ServerConnections[]>`
      SELECT (SELECT sum(numbackends) FROM pg_stat_database)::int AS used,
             current_setting('max_connections')::int
               - current_setting('superuser_reserved_connections')::int
               - coalesce(current_setting('reserved_connections', true), '0')::int AS available`;
    return rows[0]!;
  }
}
