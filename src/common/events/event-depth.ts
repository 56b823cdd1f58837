import { ClsServiceManager } from 'nestjs-cls';

const DEPTH = Symbol('event depth');

interface DeepStore {
  [DEPTH]?: number;
}

/** How many things that events started led to what runs here; 0 for what people began. */
export function currentEventDepth(): number {
  const cls = ClsServiceManager.getClsService();
  return cls.isActive() ? ((cls.get() as DeepStore)[DEPTH] ?? 0) : 0;
}

/** Runs `fn` so that the events it emits are known to come from that deep: what events start again and again can be stopped. */
export function atEventDepth<T>(depth: number, fn: () => Promise<T>): Promise<T> {
  const cls = ClsServiceManager.getClsService();
  return cls.run({ ifNested: 'inherit' }, async () => {
    (cls.get() as DeepStore)[DEPTH] = depth;
    return await fn();
  });
}
