import { Injectable } from '@nestjs/common';
import { UnavailableError } from '../../../common/errors/app-error.js';
import { TenantContext } from '../../../common/tenancy/tenant-context.js';
import { runNotFound, stepNotFound } from '../runs.errors.js';
import { type RunValue, RunValuesRepository, type ValuePiece } from './run-values.repository.js';

/** Characters of a value that are held in memory at once, however large the value is. */
const PIECE = 1_048_576;

export interface OpenValue {
  /** Size as UTF-8. */
  bytes: number;
  text: AsyncIterable<string>;
}

/** Serves values of runs and steps that are too large to be included in other responses. */
@Injectable()
export class RunValuesService {
  constructor(
    private readonly values: RunValuesRepository,
    private readonly tenant: TenantContext,
  ) {}

  /**
   * Returns the value as stored JSON; `null` if there is none. Pieces are read as the consumer asks for them, always in
   * the tenant of this call.
   * @throws NotFoundError `workflow_run.not_found`, `workflow_run_step.not_found`.
   */
  async open(value: RunValue): Promise<OpenValue> {
    const first = await this.values.findPiece(value, 0, PIECE);
    if (!first) throw value.of === 'run' ? runNotFound() : stepNotFound();
    const { tenantId } = this.tenant;
    const read = (from: number): Promise<ValuePiece | null> =>
      this.tenant.run({ tenantId, source: 'system' }, () => this.values.findPiece(value, from, PIECE));
    return { bytes: first.bytes, text: piecesOf(first, read) };
  }
}

async function* piecesOf(
  first: ValuePiece,
  read: (from: number) => Promise<ValuePiece | null>,
): AsyncGenerator<string, void, void> {
  yield first.text;
  let left = first.bytes - Buffer.byteLength(first.text);
  for (let from = PIECE; left > 0; from += PIECE) {
    const piece = await read(from);
    // The step was retried in the meantime: the pieces already sent belong to a value that no longer exists.
    if (piece?.bytes !== first.bytes || piece.text === '') throw new UnavailableError();
    left -= Buffer.byteLength(piece.text);
    yield piece.text;
  }
}
