import {
  BooleanField,
  EnumField,
  ListField,
  NumberField,
  ObjectField,
  TextField,
  TextListField,
  TimestampField,
} from '../../common/contracts/fields.js';

class ConnectionDetails {
  @EnumField(['connected', 'disconnected']) connection!: 'connected' | 'disconnected';

  @NumberField({
    example: 2,
    description: 'The time in milliseconds that the database took to respond to a trivial query.',
  })
  responseTimeMs!: number;

  @TimestampField() timestamp!: string;
}

class PerformanceMetrics {
  @NumberField({ example: 3, description: 'The number of database connections of this process that are in use.' })
  activeConnections!: number;

  @NumberField({ example: 15023, description: 'The number of queries since this process started.' })
  totalQueries!: number;

  @NumberField({ example: 1.8 }) averageQueryTimeMs!: number;

  @NumberField({ example: 0, description: 'The number of queries that took longer than SLOW_QUERY_THRESHOLD_MS.' })
  slowQueries!: number;
}

class PoolState {
  @EnumField(['app', 'platform']) role!: string;
  @NumberField({ example: 3 }) inUse!: number;
  @NumberField({ example: 2 }) idle!: number;
  @NumberField({ example: 0, description: 'The number of callers that wait for a connection.' }) waiting!: number;
  @NumberField({ example: 10 }) max!: number;
}

class ServerState {
  @NumberField({ example: 21, description: 'The number of open connections on the whole server.' })
  usedConnections!: number;

  @NumberField({ example: 97, description: 'The number of connections that programs may open.' })
  availableConnections!: number;
}

class MigrationState {
  @BooleanField() ok!: boolean;
  @TextField({ example: '2 migrations applied' }) detail!: string;
}

/** State, metrics and recommendations of the process that answers. */
export class HealthReportResponse {
  @EnumField(['healthy', 'unhealthy']) status!: 'healthy' | 'unhealthy';
  @ObjectField(ConnectionDetails) details!: ConnectionDetails;
  @ObjectField(PerformanceMetrics) metrics!: PerformanceMetrics;
  @ListField(PoolState) pools!: PoolState[];

  @ObjectField(ServerState, {
    nullable: true,
    description: 'The state of the database server. Null while the database does not respond.',
  })
  server!: ServerState | null;

  @ObjectField(MigrationState) migrations!: MigrationState;

  @NumberField({
    example: 1.2,
    description: 'The 99th percentile of the event loop delay during the last minute, in milliseconds.',
  })
  eventLoopDelayMs!: number;

  @NumberField({ example: 3_600_000 }) uptimeMs!: number;
  @TextListField({ description: 'Recommendations for the operator, the most urgent first.' })
  recommendations!: string[];
}
