import { Injectable } from '@nestjs/common';
import type { StreamEvent, StreamSource } from '../../../common/streams/event-streams.js';
import { runNotFound } from '../runs.errors.js';
import { FINAL_STATUSES, type RunEvent } from '../runs.types.js';
import { RunEventsRepository } from './run-events.repository.js';
import { RunFeed } from './run-feed.js';

/** Limits of a run's events that a process buffers for one stream. */
const PAGE = { limit: 200, maxBytes: 1_048_576 };

/** Streams the events of a run. */
@Injectable()
export class RunEventsService {
  constructor(
    private readonly events: RunEventsRepository,
    private readonly feed: RunFeed,
  ) {}

  /**
   * Streams the run's events until the run ends. Ids are the events' numbers. Reading throws NotFoundError
   * `workflow_run.not_found`.
   */
  of(runId: string): StreamSource {
    return {
      read: (after) => this.#read(runId, after),
      subscribe: (wake) => this.feed.onProgress(runId, wake),
    };
  }

  async #read(runId: string, after: string | undefined): Promise<{ events: StreamEvent[]; isOver: boolean }> {
    // The progress is read before the events, so that the event that ended the run is among them.
    const progress = await this.events.findProgress(runId);
    if (!progress) throw runNotFound();
    const { status, lastEventSeq } = progress;
    const from = numberOf(after, lastEventSeq);
    const rows = await this.events.findAfter(runId, from, PAGE);
    const hasAll = rows.length === 0 || rows.at(-1)!.seq >= lastEventSeq;
    return { events: rows.map(toStreamEvent), isOver: FINAL_STATUSES.includes(status) && hasAll };
  }
}

function toStreamEvent({ seq, type, nodeId, data, createdAt }: RunEvent): StreamEvent {
  return { id: String(seq), type, data: { seq, type, nodeId, data, createdAt: createdAt.toISOString() } };
}

/** Returns 0, the beginning, for an id that is not one of this run's events. */
function numberOf(id: string | undefined, last: number): number {
  const number = Number(id ?? 0);
  return Number.isSafeInteger(number) && number >= 0 && number <= last ? number : 0;
}
