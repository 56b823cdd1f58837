import { type ApiDescription, type ApiOperation, type Content, METHODS, type Schema } from './api-description.ts';
import { schemaBreaks } from './schema-breaks.ts';

/** A change that breaks clients which the previous description allowed. */
export interface ApiBreak {
  /** The operation, `GET /api/v1/users`, or the field, `UserDto.email`, as `docs/api-changes.md` names it. */
  subject: string;
  what: string;
}

/**
 * Returns the changes that break clients: a removed operation, name, status, response field or value; input that is
 * newly required, restricted or no longer accepted. Additions are compatible: clients ignore fields and values that
 * they do not know.
 */
export function apiBreaks(before: ApiDescription, now: ApiDescription): ApiBreak[] {
  const breaks = Object.entries(before.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const subject = `${method.toUpperCase()} ${path}`;
      const [old, current] = [item[method], now.paths[path]?.[method]];
      if (!old) return [];
      return current ? new Comparison(before, now, subject).operations(old, current) : [{ subject, what: 'is gone' }];
    }),
  );
  const distinct = new Map(breaks.map((one) => [`${one.subject} ${one.what}`, one]));
  return [...distinct.values()];
}

class Comparison {
  readonly #before: ApiDescription;
  readonly #now: ApiDescription;
  readonly #subject: string;

  constructor(before: ApiDescription, now: ApiDescription, subject: string) {
    this.#before = before;
    this.#now = now;
    this.#subject = subject;
  }

  operations(old: ApiOperation, current: ApiOperation): ApiBreak[] {
    const isRenamed = old.operationId !== current.operationId;
    const isClosed = old.security?.length === 0 && current.security?.length !== 0;
    return [
      ...(isRenamed ? [this.#break(`the operation is no longer called ${old.operationId}`)] : []),
      ...(isClosed ? [this.#break('a credential is newly required')] : []),
      ...this.#parameters(old, current),
      ...this.#bodies(old, current),
      ...this.#answers(old, current),
    ];
  }

  #parameters({ parameters: old = [] }: ApiOperation, { parameters: current = [] }: ApiOperation): ApiBreak[] {
    const gone = old.flatMap((parameter) => {
      const same = current.find((one) => one.name === parameter.name && one.in === parameter.in);
      if (!same) return [this.#break(`the ${parameter.in} parameter ${parameter.name} is no longer accepted`)];
      const required = same.required && !parameter.required;
      return [
        ...(required ? [this.#break(`the ${parameter.in} parameter ${parameter.name} is newly required`)] : []),
        ...this.#schemas('input', parameter.name, parameter.schema, same.schema),
      ];
    });
    const added = current
      .filter((one) => one.required && !old.some(({ name, in: place }) => name === one.name && place === one.in))
      .map((one) => this.#break(`the ${one.in} parameter ${one.name} is newly required`));
    return [...gone, ...added];
  }

  #bodies({ requestBody: old }: ApiOperation, { requestBody: current }: ApiOperation): ApiBreak[] {
    if (!current) return old ? [this.#break('a body is no longer accepted')] : [];
    if (!old) return current.required ? [this.#break('a body is newly required')] : [];
    return [
      ...(current.required && !old.required ? [this.#break('a body is newly required')] : []),
      ...this.#contents('input', 'the body', old.content, current.content),
    ];
  }

  #answers({ responses: old = {} }: ApiOperation, { responses: current = {} }: ApiOperation): ApiBreak[] {
    return Object.entries(old)
      .filter(([status]) => status.startsWith('2'))
      .flatMap(([status, response]) => {
        const same = current[status];
        if (!same) return [this.#break(`the response ${status} was removed`)];
        return this.#contents('answer', `the answer ${status}`, response.content, same.content);
      });
  }

  #contents(
    direction: 'input' | 'answer',
    what: string,
    old: Content = {},
    current: Content | undefined = {},
  ): ApiBreak[] {
    return Object.entries(old).flatMap(([type, { schema }]) => {
      const same = current[type];
      if (!same) return [this.#break(`${what} is no longer ${type}`)];
      return this.#schemas(direction, what, schema, same.schema);
    });
  }

  #schemas(direction: 'input' | 'answer', place: string, old: Schema = {}, current: Schema = {}): ApiBreak[] {
    return schemaBreaks(
      { before: this.#before, now: this.#now, direction, subject: this.#subject },
      place,
      old,
      current,
    );
  }

  #break(what: string): ApiBreak {
    return { subject: this.#subject, what };
  }
}
