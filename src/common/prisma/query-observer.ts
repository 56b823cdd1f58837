import { Injectable } from '@nestjs/common';

/** One executed statement. `sql` contains placeholders, never values. */
export interface QueryEvent {
  sql: string;
  durationMs: number;
  role: 'app' | 'platform';
  /** SQLSTATE or name of the error. */
  errorType?: string;
}

/**
 * Notifies metrics and logs of every query. Listeners run synchronously with the query, so they must be cheap and never
 * throw.
 */
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
