export interface EventDeclaration {
  /** A sentence that says when the event happens. */
  readonly description: string;
  /** An example of the payload. */
  readonly example: Readonly<Record<string, unknown>>;
}

export interface DeclaredEvent extends EventDeclaration {
  readonly name: string;
}

/** Prefix of a tenant's custom events, which need no declaration. */
const CUSTOM_EVENT = /^custom(\.[a-z0-9_]+)+$/;

const events = new Map<string, DeclaredEvent>();

/**
 * Declares the events that a module emits. Declare each once, next to the code that emits it: they are listed at `GET
 * /events`, and a workflow can only wait for declared or custom events.
 * @throws Error when a name is already declared or is reserved for custom events.
 */
export function defineEvents(declarations: Record<string, EventDeclaration>): void {
  for (const [name, declaration] of Object.entries(declarations)) {
    if (events.has(name)) throw new Error(`The event ${name} is declared twice.`);
    if (isCustomEvent(name)) throw new Error(`The name of the event ${name} is reserved for events of tenants.`);
    events.set(name, { ...declaration, name });
  }
}

/** True if the name is that of a tenant's custom event. */
export function isCustomEvent(name: string): boolean {
  return CUSTOM_EVENT.test(name);
}

/** True if a module declares the event or it is a custom one. */
export function isKnownEvent(name: string): boolean {
  return events.has(name) || isCustomEvent(name);
}

/** Returns all declared events, sorted by name. */
export function declaredEvents(): DeclaredEvent[] {
  return [...events.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}
