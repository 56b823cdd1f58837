import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { boundedCache } from '../../../common/caching/bounded-cache.js';
import { conditionTooLong } from './conditions.service.js';
import { ScriptSandbox } from './script-sandbox.service.js';
import { MAX_CONDITION_LENGTH, type ScriptProblem } from './script.types.js';

/** Problems by the text that has them. */
export type Judged = ReadonlyMap<string, ScriptProblem[]>;

const REMEMBERED = 20_000;
/** Conditions checked in one sandbox request, so that other requests do not wait long. */
const CONDITIONS_AT_ONCE = 50;

/**
 * Checks expressions and scripts without running them, in sandbox processes. The result depends only on the text, so it
 * is cached: most of a changed definition was checked before.
 */
@Injectable()
export class ExpressionChecker {
  readonly #verdicts = boundedCache<ScriptProblem[]>({ max: REMEMBERED });

  constructor(private readonly sandbox: ScriptSandbox) {}

  /** @throws UnavailableError when too many scripts are waiting. */
  lua(texts: readonly string[]): Promise<Judged> {
    return this.#judge('lua', texts, async (unknown) => (await this.sandbox.check({ lua: unknown })).lua);
  }

  /** @throws UnavailableError when too many scripts are waiting. */
  jsonata(texts: readonly string[]): Promise<Judged> {
    return this.#judge('jsonata', texts, async (unknown) => (await this.sandbox.check({ jsonata: unknown })).jsonata);
  }

  /**
   * Checks conditions in CEL.
   * @param variables the names they may use.
   * @throws UnavailableError when too many conditions are waiting.
   */
  conditions(texts: readonly string[], variables: readonly string[]): Promise<Judged> {
    return this.#judge(`cel:${variables.join()}`, texts, async (unknown) => {
      const { long = [], rest = [] } = Object.groupBy(unknown, ({ length }) =>
        length > MAX_CONDITION_LENGTH ? 'long' : 'rest',
      );
      const found = new Map(long.map((text): [string, ScriptProblem[]] => [text, [conditionTooLong()]]));
      for (let at = 0; at < rest.length; at += CONDITIONS_AT_ONCE) {
        const some = rest.slice(at, at + CONDITIONS_AT_ONCE);
        const problems = await this.sandbox.checkConditions(some.map((condition) => ({ condition, variables })));
        for (const [index, problem] of problems.entries()) if (problem) found.set(some[index]!, [problem]);
      }
      return found;
    });
  }

  async #judge(
    language: string,
    texts: readonly string[],
    judge: (unknown: string[]) => Promise<Judged>,
  ): Promise<Judged> {
    const verdicts = new Map<string, ScriptProblem[]>();
    const unknown: string[] = [];
    for (const text of new Set(texts)) {
      const known = this.#verdicts.get(keyOf(language, text));
      if (known) verdicts.set(text, known);
      else unknown.push(text);
    }
    if (unknown.length === 0) return verdicts;
    const found = await judge(unknown);
    for (const text of unknown) {
      const problems = found.get(text) ?? [];
      verdicts.set(text, problems);
      // Timeouts are not cached: the machine may have been busy.
      if (!problems.some(({ isPassing }) => isPassing)) this.#verdicts.set(keyOf(language, text), problems);
    }
    return verdicts;
  }
}

/** A hash rather than the text, which may be a quarter of a megabyte. */
function keyOf(language: string, text: string): string {
  return createHash('sha256').update(language).update('\0').update(text).digest('base64');
}
