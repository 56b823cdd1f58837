import { ApiProperty } from '@nestjs/swagger';

class ConnectionDetails {
  @ApiProperty({ enum: ['connected', 'disconnected'] })
  connection!: 'connected' | 'disconnected';

  @ApiProperty({
    description: 'The time in milliseconds that the database took to answer a trivial query.',
    example: 2,
  })
  responseTimeMs!: number;

  @ApiProperty({ format: 'date-time' })
  timestamp!: string;
}

class PerformanceMetrics {
  @ApiProperty({ description: 'The number of database connections of this process that are in use.', example: 3 })
  activeConnections!: number;

  @ApiProperty({ description: 'The number of queries since this process started.', example: 15023 })
  totalQueries!: number;

  @ApiProperty({ example: 1.8 })
  averageQueryTimeMs!: number;

  @ApiProperty({ description: 'The number of queries that took longer than SLOW_QUERY_THRESHOLD_MS.', example: 0 })
  slowQueries!: number;
}

class PoolState {
  @ApiProperty({ enum: ['app', 'platform'] })
  role!: string;

  @ApiProperty({ example: 3 })
  inUse!: number;

  @ApiProperty({ example: 2 })
  idle!: number;

  @ApiProperty({ description: 'The number of callers that wait for a connection.', example: 0 })
  waiting!: number;

  @ApiProperty({ example: 10 })
  max!: number;
}

class ServerState {
  @ApiProperty({ description: 'The number of open connections on the whole server.', example: 21 })
  usedConnections!: number;

  @ApiProperty({ description: 'The number of connections that programs may open.', example: 97 })
  availableConnections!: number;
}

class MigrationState {
  @ApiProperty()
  ok!: boolean;

  @ApiProperty({ example: '2 migrations applied' })
  detail!: string;
}

/** State and figures of the process that answers, and what to do about them. */
export class HealthReportResponse {
  @ApiProperty({ enum: ['healthy', 'unhealthy'] })
  status!: 'healthy' | 'unhealthy';

  @ApiProperty({ type: ConnectionDetails })
  details!: ConnectionDetails;

  @ApiProperty({ type: PerformanceMetrics })
  metrics!: PerformanceMetrics;

  @ApiProperty({ type: [PoolState] })
  pools!: PoolState[];

  @ApiProperty({
    type: ServerState,
    nullable: true,
    description: 'The state of the database server. Null while the database does not answer.',
  })
  server!: ServerState | null;

  @ApiProperty({ type: MigrationState })
  migrations!: MigrationState;

  @ApiProperty({
    description: 'The delay of the event loop: its 99th percentile during the last minute.',
    example: 1.2,
  })
  eventLoopDelayMs!: number;

  @ApiProperty({ example: 3_600_000 })
  uptimeMs!: number;

  @ApiProperty({ type: [String], description: 'What an operator should do, the most urgent first.' })
  recommendations!: string[];
}
