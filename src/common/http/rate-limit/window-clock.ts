import { Injectable } from '@nestjs/common';
import { databaseClock } from '../../time/database-clock.js';

/** The time that windows of rate limits go by, in epoch milliseconds: processes share them in the database. */
@Injectable()
export class WindowClock {
  now(): number {
    return databaseClock.nowMs();
  }
}
