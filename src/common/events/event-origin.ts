import { ClsServiceManager } from 'nestjs-cls';

/** Where what runs here stands in the tree of things that events started. */
export interface EventOrigin {
  /** How many things that events started led to it; 0 for what people began. */
  readonly depth: number;
  /** Where the tree began; absent for what people began: the first event that it emits is a root. */
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

/** Runs `fn` so that the events it emits are known to come from there: what events start again and again can be stopped. */
export function withEventOrigin<T>(origin: EventOrigin, fn: () => Promise<T>): Promise<T> {
  const cls = ClsServiceManager.getClsService();
  return cls.run({ ifNested: 'inherit' }, async () => {
    (cls.get() as OriginStore)[ORIGIN] = origin;
    return await fn();
  });
}
