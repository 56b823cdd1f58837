import { Injectable, Module } from '@nestjs/common';
import type { Actor } from '../../src/common/identity/actor.js';
import {
  Action,
  type ActionContext,
  type ActionOutcome,
  type WorkflowAction,
} from '../../src/modules/workflows/actions/workflow-action.js';

export interface ProbeCall {
  /** The `key` of the step's config. */
  key: string;
  input: unknown;
  attempt: number;
  idempotencyKey: string;
  signal: AbortSignal;
  actorId: string;
  actor: Actor;
  role: string;
}

type Behaviour = (call: ProbeCall) => unknown;

/** What tests know and decide of steps with the action `test.probe`. */
@Injectable()
export class StepProbe {
  readonly calls: ProbeCall[] = [];
  readonly #behaviours = new Map<string, Behaviour>();
  #waiting: (() => void)[] = [];

  /** Steps with that key do this; all others end at once, with their input. */
  behave(key: string, behaviour: Behaviour): void {
    this.#behaviours.set(key, behaviour);
  }

  callsOf(key: string): ProbeCall[] {
    return this.calls.filter((call) => call.key === key);
  }

  /** Resolves when a step with that key has begun for the n-th time. */
  async begun(key: string, count = 1): Promise<ProbeCall> {
    while (this.callsOf(key).length < count) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    return this.callsOf(key)[count - 1]!;
  }

  async run(call: ProbeCall): Promise<unknown> {
    this.calls.push(call);
    for (const resolve of this.#waiting.splice(0)) resolve();
    const behaviour = this.#behaviours.get(call.key);
    return behaviour ? await behaviour(call) : call.input;
  }
}

@Action('test.probe')
class ProbeAction implements WorkflowAction {
  constructor(private readonly probe: StepProbe) {}

  validate(): [] {
    return [];
  }

  async run({ key }: Record<string, unknown>, input: unknown, context: ActionContext): Promise<ActionOutcome> {
    const { attempt, idempotencyKey, signal, actor } = context;
    const output = await this.probe.run({
      key: String(key),
      input,
      attempt,
      idempotencyKey,
      signal,
      actorId: actor.id,
      actor,
      role: actor.role,
    });
    return { kind: 'done', output };
  }
}

/** The same in the transaction that saves the step. */
@Action('test.writing_probe', { isTransactional: true })
class WritingProbeAction extends ProbeAction {}

@Module({ providers: [StepProbe, ProbeAction, WritingProbeAction], exports: [StepProbe] })
export class StepProbeModule {}

/** Never ends by itself. */
export const forever = (): Promise<never> => new Promise(() => undefined);

/** A promise and how to resolve it. */
export function gate(): { opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
