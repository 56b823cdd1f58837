/** A module's declaration of an event. */
export interface EventDeclaration {
  /** When it happens, in a sentence. */
  readonly description: string;
  /** A payload as it is told. */
  readonly example: Readonly<Record<string, unknown>>;
}

export interface DeclaredEvent extends EventDeclaration {
  readonly name: string;
}

/** The tenant's own events begin so; they need no declaration. */
const CUSTOM_EVENT = /^custom(\.[a-z0-9_]+)+$/;

const events = new Map<string, DeclaredEvent>();

/**
 * Declares the events that a module emits, once, next to where it does: people find them at `GET /events`, and a workflow waits for
 * no other.
 * @throws Error when a name is already taken, or could be an event of a tenant's own.
 */
export function defineEvents(declarations: Record<string, EventDeclaration>): void {
  for (const [name, declaration] of Object.entries(declarations)) {
    if (events.has(name)) throw new Error(`The event ${name} is declared twice.`);
    if (isCustomEvent(name)) throw new Error(`The name of the event ${name} is reserved for events of tenants.`);
    events.set(name, { ...declaration, name });
  }
}

/** Whether a name is one that tenants give to events of their own. */
export function isCustomEvent(name: string): boolean {
  return CUSTOM_EVENT.test(name);
}

/** Whether there can be an event of that name: one that a module declares, or one of a tenant's own. */
export function isKnownEvent(name: string): boolean {
  return events.has(name) || isCustomEvent(name);
}

/** All that modules declare, by name. */
export function declaredEvents(): DeclaredEvent[] {
  return [...events.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
}
