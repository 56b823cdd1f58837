import { Injectable } from '@nestjs/common';

/** One statement that went over the wire. `sql` holds placeholders, never values. */
export interface QueryEvent {
  sql: string;
  durationMs: number;
  role: 'app' | 'platform';
  /** SQLSTATE of its failure, or the name of the error. */
  errorType?: string;
}

/** Tells metrics and logs of every query. Listeners run on the query's path: keep them cheap and never throw. */
@Injectable()
export class QueryObserver {
  readonly #listeners: ((event: QueryEvent) => void)[] = [];

  onQuery(listener: (event: QueryEvent) => void): void {
    this.#listeners.push(listener);
  }

  emit(event: QueryEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
