import type { ApiBreak } from './api-breaks.ts';
import { type ApiDescription, resolved, type Schema, typesOf } from './api-description.ts';

export interface SchemaComparison {
  before: ApiDescription;
  now: ApiDescription;
  direction: 'input' | 'answer';
  /** The subject of breaks outside of named schemas. */
  subject: string;
}

/** Bounds that may only be relaxed for input: upper ones may only increase, lower ones only decrease. */
const UPPER = ['maxLength', 'maximum', 'maxItems'] as const;
const LOWER = ['minLength', 'minimum', 'minItems'] as const;

/**
 * Returns the incompatible differences between two schemas.
 * @param place description of what the schemas belong to: a field or `the answer 200`.
 */
export function schemaBreaks(comparison: SchemaComparison, place: string, old: Schema, current: Schema): ApiBreak[] {
  return new Walk(comparison).compare(place, comparison.subject, old, current);
}

class Walk {
  readonly #comparison: SchemaComparison;
  /** Pairs of named schemas that are currently being compared, since schemas may be recursive. */
  readonly #open = new Set<string>();

  constructor(comparison: SchemaComparison) {
    this.#comparison = comparison;
  }

  compare(place: string, subject: string, old: Schema, current: Schema): ApiBreak[] {
    const [from, to] = [resolved(this.#comparison.before, old), resolved(this.#comparison.now, current)];
    const pair = `${from.name} ${to.name}`;
    if (from.name) {
      if (this.#open.has(pair)) return [];
      this.#open.add(pair);
    }
    const owner = from.name ?? subject;
    const found = [
      ...this.#values(place, subject, from.schema, to.schema),
      ...(this.#comparison.direction === 'input' ? this.#bounds(place, subject, from.schema, to.schema) : []),
      ...this.#fields(owner, from.schema, to.schema),
      ...this.#choices(place, subject, from.schema, to.schema),
      ...(from.schema.items && to.schema.items ? this.compare(place, subject, from.schema.items, to.schema.items) : []),
    ];
    this.#open.delete(pair);
    return found;
  }

  /** Compares types and enumerated values: responses may not lose any, and input must accept all previous ones. */
  #values(place: string, subject: string, old: Schema, current: Schema): ApiBreak[] {
    const { direction } = this.#comparison;
    const [types, currentTypes] = [typesOf(old), typesOf(current)];
    const [wide, narrow] = direction === 'input' ? [types, currentTypes] : [currentTypes, types];
    const isOtherType = wide && narrow && wide.some((type) => !narrow.includes(type) && !isWhole(type, narrow));
    const lost = (old.enum ?? []).filter((value) => current.enum && !current.enum.includes(value));
    return [
      ...(isOtherType
        ? [{ subject, what: `${place} is ${currentTypes!.join(' or ')}, not ${types!.join(' or ')}` }]
        : []),
      ...lost.map((value) => ({ subject, what: `${place} no longer has the value ${JSON.stringify(value)}` })),
      ...(direction === 'input' && !old.enum && current.enum
        ? [{ subject, what: `${place} only accepts listed values` }]
        : []),
    ];
  }

  #bounds(place: string, subject: string, old: Schema, current: Schema): ApiBreak[] {
    const tighter = [
      ...UPPER.filter((bound) => (current[bound] ?? Infinity) < (old[bound] ?? Infinity)),
      ...LOWER.filter((bound) => (current[bound] ?? -Infinity) > (old[bound] ?? (bound === 'minimum' ? -Infinity : 0))),
    ].map((bound) => ({ subject, what: `${place} has a narrower ${bound}` }));
    const other = (['pattern', 'format'] as const)
      .filter((rule) => current[rule] !== undefined && current[rule] !== old[rule])
      .map((rule) => ({ subject, what: `${place} has another ${rule}` }));
    const isClosed = old.additionalProperties && current.additionalProperties === false;
    return [...tighter, ...other, ...(isClosed ? [{ subject, what: `${place} no longer accepts other fields` }] : [])];
  }

  #fields(owner: string, old: Schema, current: Schema): ApiBreak[] {
    const isInput = this.#comparison.direction === 'input';
    const names = new Set([...Object.keys(old.properties ?? {}), ...(current.required ?? [])]);
    return [...names].flatMap((name) => {
      const subject = `${owner}.${name}`;
      const [before, now] = [old.properties?.[name], current.properties?.[name]];
      const [wasRequired, isRequired] = [old.required?.includes(name), current.required?.includes(name)];
      if (before && !now) {
        if (current.additionalProperties) return [];
        return [{ subject, what: isInput ? 'is no longer accepted' : 'was removed from responses' }];
      }
      const isTighter = isInput ? isRequired && !wasRequired : wasRequired && !isRequired;
      return [
        ...(isTighter ? [{ subject, what: isInput ? 'is newly required' : 'may be absent from responses' }] : []),
        ...(before && now ? this.compare('it', subject, before, now) : []),
      ];
    });
  }

  /** Compares alternatives one by one, in order. */
  #choices(place: string, subject: string, old: Schema, current: Schema): ApiBreak[] {
    return (['allOf', 'anyOf', 'oneOf'] as const).flatMap((kind) => {
      const [before, now] = [old[kind] ?? [], current[kind] ?? []];
      if (before.length > 0 && now.length > 0 && before.length > now.length && this.#comparison.direction === 'input') {
        return [{ subject, what: `${place} accepts fewer alternatives` }];
      }
      return before.flatMap((one, index) => (now[index] ? this.compare(place, subject, one, now[index]) : []));
    });
  }
}

function isWhole(type: string, others: string[]): boolean {
  return type === 'integer' && others.includes('number');
}
