import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import { Prisma } from '../../../generated/prisma/client.js';

/** Identifies a value of a run or of one of its steps. Names are columns. */
export type RunValue =
  | { of: 'run'; runId: string; name: 'input' | 'outputs' | 'error' }
  | { of: 'step'; runId: string; nodeId: string; name: 'input' | 'output' | 'error' };

export interface ValuePiece {
  text: string;
  /** Size of the whole value as UTF-8, in bytes. */
  bytes: number;
}

/** Reads the stored text of values in pieces. */
@Injectable()
export class RunValuesRepository {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Returns up to `length` characters from position `from`, which starts at 0. Returns null if there is no such run or
   * step.
   */
  async findPiece(value: RunValue, from: number, length: number): Promise<ValuePiece | null> {
    const rows = await this.prisma.$queryRaw<ValuePiece[]>`
      SELECT substr(text, ${from + 1}::integer, ${length}::integer) AS text, octet_length(text) AS bytes
      FROM (SELECT coalesce(${Prisma.raw(value.name)}, 'null')::text AS text FROM ${rowOf(value)} OFFSET 0) value`;
    return rows[0] ?? null;
  }
}

function rowOf(value: RunValue): Prisma.Sql {
  const { runId } = value;
  if (value.of === 'run') return Prisma.sql`workflow_runs WHERE id = ${runId}::uuid`;
  return Prisma.sql`workflow_run_steps WHERE run_id = ${runId}::uuid AND node_id = ${value.nodeId}`;
}
