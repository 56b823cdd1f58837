import { Injectable } from '@nestjs/common';
import { AuditRefusals } from '../audit/audit-refusals.js';
import { AuditService } from '../audit/audit.service.js';
import type { Actor } from '../identity/actor.js';
import { AppError, ForbiddenError, NotFoundError } from '../errors/app-error.js';
import { canonicalJson, sha256 } from '../http/idempotency/fingerprint.js';
import { IdempotencyService } from '../http/idempotency/idempotency.service.js';
import type { RecordedResponse } from '../http/idempotency/recorded-response.js';
import { DbalService } from '../dbal/dbal.service.js';
import { validated } from '../http/validated.js';
import { OperationRegistry, type RegisteredOperation } from './operation-registry.js';
import { type RowChanges, RowChangesReader } from './row-changes.js';

export interface RunOptions {
  /** Runs the operation completely and rolls it back: no rows, tasks or events remain. */
  dryRun?: boolean;
  /**
   * Of several runs by the same actor with the same key and input, one does the work; for 24 hours the others return
   * its outcome.
   */
  idempotencyKey?: string;
}

export interface OperationOutcome {
  /** The return value of the operation. */
  result: unknown;
  /** For a dry run: the rows it would have written, by table. */
  changes?: RowChanges[];
}

/** Thrown to roll back a successful dry run. */
class Undo extends Error {}

/**
 * Runs named operations: checks permission and input, runs each once in one transaction, and records it in the audit
 * log.
 */
@Injectable()
export class DbalOperations {
  constructor(
    private readonly registry: OperationRegistry,
    private readonly dbal: DbalService,
    private readonly changes: RowChangesReader,
    private readonly idempotency: IdempotencyService,
    private readonly audit: AuditService,
    private readonly refusals: AuditRefusals,
  ) {}

  /** Sorted by name. */
  list(): RegisteredOperation[] {
    return this.registry.all();
  }

  /**
   * Joins a running transaction if there is one; then the caller commits, and must roll back after a failure.
   * @param input not yet validated; pointers of problems start with `/input`.
   * @throws NotFoundError `operation.not_found`; ForbiddenError; InvalidInputError; ConflictError and
   * UnprocessableError of idempotency keys; any error of the operation.
   */
  async run(name: string, actor: Actor, input: unknown, options: RunOptions = {}): Promise<OperationOutcome> {
    const operation = this.registry.find(name);
    if (!operation) throw new NotFoundError('operation');
    if (!actor.permissions.has(operation.permission)) {
      const error = new ForbiddenError();
      const { permission } = operation;
      await this.refusals.record(actor, {
        ...named(operation),
        details: { permission },
        attempt: `run ${name}`,
        error,
      });
      throw error;
    }
    const valid = validated(operation.input, input ?? {}, '/input');
    const work = (): Promise<OperationOutcome> =>
      options.dryRun ? this.#rehearse(operation, actor, valid) : this.#perform(operation, actor, valid);
    try {
      return await this.#once(operation, actor, valid, options, work);
    } catch (error) {
      await this.#recordFailure(actor, operation, valid, error, options);
      throw error;
    }
  }

  async #once(
    { name }: RegisteredOperation,
    actor: Actor,
    input: object,
    { idempotencyKey, dryRun = false }: RunOptions,
    run: () => Promise<OperationOutcome>,
  ): Promise<OperationOutcome> {
    if (idempotencyKey === undefined) return this.dbal.transaction(run);
    const keyHash = sha256(JSON.stringify(['operation', actor.kind, actor.id, name, idempotencyKey]));
    const fingerprint = sha256(canonicalJson({ input, dryRun }));
    const outcome = await this.idempotency.once({
      request: { keyHash, fingerprint },
      scope: 'tenant',
      ownTransactions: false,
      run,
      record: (done) => ({
        status: 200,
        headers: {},
        body: JSON.parse(JSON.stringify(done)) as RecordedResponse['body'],
      }),
    });
    return 'replayed' in outcome ? (outcome.replayed.body as unknown as OperationOutcome) : outcome.result;
  }

  async #perform(operation: RegisteredOperation, actor: Actor, input: object): Promise<OperationOutcome> {
    const result = await operation.handler.execute(actor, input);
    await this.audit.record(actor, { ...named(operation), details: { input } });
    return { result };
  }

  async #rehearse(operation: RegisteredOperation, actor: Actor, input: object): Promise<OperationOutcome> {
    let outcome: OperationOutcome | undefined;
    const rehearsal = this.dbal.savepoint(async () => {
      const readChanges = await this.changes.start();
      const performed = await this.#perform(operation, actor, input);
      outcome = { ...performed, changes: await readChanges() };
      throw new Undo();
    });
    await rehearsal.catch((error: unknown) => {
      if (!(error instanceof Undo)) throw error;
    });
    // The writes are rolled back, but the attempt is recorded.
    await this.dbal.afterEnd(() =>
      this.audit.record(actor, { ...named(operation), action: 'operation.dry_run', details: { input } }),
    );
    return outcome!;
  }

  /** Runs after the failed transaction was rolled back, so that the entry is kept. */
  #recordFailure(
    actor: Actor,
    operation: RegisteredOperation,
    input: object,
    error: unknown,
    { dryRun = false }: RunOptions,
  ): Promise<void> {
    if (error instanceof Error) this.refusals.markTold(error);
    const details = { input, error: error instanceof AppError ? error.code : 'internal' };
    const action = dryRun ? 'operation.dry_run' : 'operation.run';
    const entry = { ...named(operation), action, outcome: 'failed', details } as const;
    return this.dbal.afterEnd(() => this.audit.record(actor, entry));
  }
}

function named({ name }: RegisteredOperation): { action: string; targetType: string; targetId: string } {
  return { action: 'operation.run', targetType: 'operation', targetId: name };
}
