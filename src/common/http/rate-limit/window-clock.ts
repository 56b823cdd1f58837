import { Injectable } from '@nestjs/common';
import { databaseClock } from '../../time/database-clock.js';

/**
 * The time that determines rate-limit windows, in epoch milliseconds: the database's, since all processes share the
 * windows.
 */
@Injectable()
export class WindowClock {
  now(): number {
    return databaseClock.nowMs();
  }
}
