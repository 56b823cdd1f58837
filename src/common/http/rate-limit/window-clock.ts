import { Injectable } from '@nestjs/common';

/** The time that windows of rate limits go by, in epoch milliseconds. */
@Injectable()
export class WindowClock {
  now(): number {
    return Date.now();
  }
}
