import type { Express, Request } from 'express';

interface Layer {
  /** Absent of middleware. */
  route?: { methods: Record<string, boolean | undefined> };
  match(path: string): boolean;
}

/** A route for that many methods is one for all of them, which is how Nest answers for what is not found. */
const MANY = 10;

/**
 * The methods that the path of a request has routes for, sorted; empty for a path that nobody knows. Asked only of requests
 * for which no route was found: it looks at all of them.
 */
export function allowedMethods({ app, baseUrl, path }: Request): string[] {
  const { stack } = (app as Express).router as unknown as { stack: Layer[] };
  const methods = new Set<string>();
  for (const layer of stack) {
    if (!layer.route || !matches(layer, baseUrl + path)) continue;
    const own = Object.keys(layer.route.methods);
    if (!own.includes('_all') && own.length < MANY) for (const method of own) methods.add(method.toUpperCase());
  }
  // Express answers HEAD with what it has for GET.
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

function matches(layer: Layer, path: string): boolean {
  try {
    return layer.match(path);
  } catch (error) {
    // A parameter with broken escapes.
    if (error instanceof Error && (error as { status?: unknown }).status === 400) return false;
    throw error;
  }
}
