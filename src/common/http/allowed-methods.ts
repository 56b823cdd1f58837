import type { Express, Request } from 'express';

interface Layer {
  /** Undefined for middleware. */
  route?: { methods: Record<string, boolean | undefined> };
  match(path: string): boolean;
}

/** A route with this many methods accepts all of them; Nest's 404 handler is registered that way. */
const MANY = 10;

/**
 * Returns the methods for which the path has a route, sorted; empty for an unknown path. It scans all routes, so it is
 * only used after routing failed.
 */
export function allowedMethods({ app, baseUrl, path }: Request): string[] {
  const { stack } = (app as Express).router as unknown as { stack: Layer[] };
  const methods = new Set<string>();
  for (const layer of stack) {
    if (!layer.route || !matches(layer, baseUrl + path)) continue;
    const own = Object.keys(layer.route.methods);
    if (!own.includes('_all') && own.length < MANY) for (const method of own) methods.add(method.toUpperCase());
  }
  // Express answers HEAD from the GET route.
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

function matches(layer: Layer, path: string): boolean {
  try {
    return layer.match(path);
  } catch (error) {
    // A path parameter with an invalid escape sequence.
    if (error instanceof Error && (error as { status?: unknown }).status === 400) return false;
    throw error;
  }
}
