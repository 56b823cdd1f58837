import { SYSTEM_ACTOR } from '../../src/common/identity/actor.js';
import { NoTracing, type Tracing } from '../../src/common/tracing/tracing.js';
import { Config } from '../../src/common/config/config.js';
import { HostResolver } from '../../src/modules/workflows/actions/http/host-resolver.js';
import { HttpRequestAction } from '../../src/modules/workflows/actions/http/http-request.action.js';
import { OutgoingHttp } from '../../src/modules/workflows/actions/http/outgoing-http.js';
import { type ActionContext, ActionError } from '../../src/modules/workflows/actions/workflow-action.js';

export interface Output {
  status: number;
  headers: Record<string, string>;
  body: unknown;
  url: string;
}

/** Names as the test wants them; each look-up of a name takes its next answer. */
export class ScriptedResolver extends HostResolver {
  readonly asked: string[] = [];

  constructor(private readonly answers: Record<string, string[][]>) {
    super();
  }

  override resolvePublic(hostname: string): Promise<string[]> {
    this.asked.push(hostname);
    const answers = this.answers[hostname] ?? [];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    return answer ? Promise.resolve(answer) : Promise.reject(new Error(`${hostname} has no address.`));
  }

  override resolveAllowed(hostname: string): Promise<string[]> {
    return this.resolvePublic(hostname);
  }
}

/** `http.request`, which may reach these hosts beside public ones. */
export function actionFor(
  allowed: string[],
  resolver: HostResolver = new ScriptedResolver({}),
  tracing: Tracing = new NoTracing(),
): HttpRequestAction {
  const config = Object.assign(new Config(), { WORKFLOW_HTTP_ALLOWED_HOSTS: allowed });
  return new HttpRequestAction(new OutgoingHttp(config, resolver), tracing);
}

/** A step of nobody in particular. */
export function contextWith(signal: AbortSignal = new AbortController().signal): ActionContext {
  const nothing = { tenantId: 't', runId: 'r', nodeId: 'n', attempt: 1, actor: SYSTEM_ACTOR };
  return { ...nothing, idempotencyKey: 'r:n', signal, log: () => undefined };
}

/** What the step comes to; throws what it fails with. */
export async function outputOf(action: HttpRequestAction, config: Record<string, unknown>): Promise<Output> {
  const outcome = await action.run(config, null, contextWith());
  if (outcome.kind !== 'done') throw new Error('It waits.');
  return outcome.output as Output;
}

/** What the step fails with. */
export async function failureOf(
  action: HttpRequestAction,
  config: Record<string, unknown>,
  context = contextWith(),
): Promise<ActionError> {
  const outcome = await action.run(config, null, context).catch((error: unknown) => error);
  if (outcome instanceof ActionError) return outcome;
  throw new Error(`It did not fail with an ActionError: ${String(outcome)}`);
}
