import { Injectable } from '@nestjs/common';
import { QueryObserver } from '../prisma/query-observer.js';
import { Tracing } from '../tracing/tracing.js';

/** Creates a span for each statement of a traced request, task or step. The SQL contains placeholders, never values. */
@Injectable()
export class QuerySpans {
  constructor(tracing: Tracing, observer: QueryObserver) {
    if (!tracing.isOn) return;
    observer.onQuery(({ sql, durationMs, role, errorType }) => {
      const operation = /^\s*([a-z]{1,20})\b/i.exec(sql)?.[1]?.toUpperCase() ?? 'QUERY';
      const attributes = {
        'db.system.name': 'postgresql',
        'db.operation.name': operation,
        'db.query.text': sql,
        'tenantry.database.role': role,
      };
      tracing.note(operation, durationMs, { kind: 'client', attributes, errorType });
    });
  }
}
