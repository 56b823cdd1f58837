import { IsObject, IsString } from 'class-validator';
import { HasMaxLength } from '../../../common/contracts/input-rules.js';
import { DbalOperations } from '../../../common/operations/dbal-operations.js';
import type { InputProblem } from '../../../common/errors/app-error.js';
import { hasReference } from '../../scripting/sandbox/templates.js';
import { configOf, configProblems } from './action-config.js';
import { refusable } from './refused-work.js';
import { Action, type ActionContext, type ActionOutcome, type WorkflowAction } from './workflow-action.js';

class DbalOperationConfig {
  @IsString()
  @HasMaxLength(100)
  operation!: string;

  @IsObject()
  input: Record<string, unknown> = {};
}

/** Runs a DBAL operation with the rights of the run's actor; its output is the operation's result. */
@Action('dbal.operation', { isTransactional: true })
export class DbalOperationAction implements WorkflowAction {
  constructor(private readonly operations: DbalOperations) {}

  validate(config: Readonly<Record<string, unknown>>): InputProblem[] {
    const { operation } = config;
    const isKnown =
      typeof operation !== 'string' ||
      hasReference(operation) ||
      this.operations.list().some(({ name }) => name === operation);
    const unknown = { pointer: '/operation', code: 'unknown_operation', detail: `There is no operation ${operation}.` };
    return [...configProblems(DbalOperationConfig, config), ...(isKnown ? [] : [unknown])];
  }

  permissions({ operation }: Readonly<Record<string, unknown>>): readonly string[] | null {
    if (typeof operation === 'string' && hasReference(operation)) return null;
    return this.operations.list().flatMap(({ name, permission }) => (name === operation ? [permission] : []));
  }

  async run(
    config: Readonly<Record<string, unknown>>,
    _input: unknown,
    { actor, idempotencyKey }: ActionContext,
  ): Promise<ActionOutcome> {
    const { operation, input } = configOf(DbalOperationConfig, config);
    const { result } = await refusable(() => this.operations.run(operation, actor, input, { idempotencyKey }));
    return { kind: 'done', output: result ?? null };
  }
}
