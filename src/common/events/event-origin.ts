import { ClsServiceManager } from 'nestjs-cls';

/** Position of the running code in the tree of actions that events started. */
export interface EventOrigin {
  /** Number of event-triggered actions that led to it; 0 if a person started it. */
  readonly depth: number;
  /** Root of the tree; absent if a person started it, since the first event that it emits then becomes the root. */
  readonly rootId?: string;
}

const ORIGIN = Symbol('event origin');

interface OriginStore {
  [ORIGIN]?: EventOrigin;
}

export function currentEventOrigin(): EventOrigin {
  const cls = ClsServiceManager.getClsService();
  return (cls.isActive() ? (cls.get() as OriginStore)[ORIGIN] : undefined) ?? { depth: 0 };
}

/** Runs `fn` so that its events carry this origin, which allows endless event loops to be stopped. */
export function withEventOrigin<T>(origin: EventOrigin, fn: () => Promise<T>): Promise<T> {
  const cls = ClsServiceManager.getClsService();
  return cls.run({ ifNested: 'inherit' }, async () => {
    (cls.get() as OriginStore)[ORIGIN] = origin;
    return await fn();
  });
}
