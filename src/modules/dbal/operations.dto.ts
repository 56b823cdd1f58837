import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsObject, IsOptional } from 'class-validator';
import { ANY_JSON } from '../../common/json/json-object.js';
import { ApiFreeJson } from '../../common/json/api-free-json.js';
import type { OperationOutcome } from '../../common/operations/dbal-operations.js';
import type { RegisteredOperation } from '../../common/operations/operation-registry.js';
import { MayBeAbsent } from '../../common/contracts/input-rules.js';
import { ToBoolean } from '../../common/contracts/query-values.js';
import type { JsonObject } from '../../common/json/json-object.js';

export class OperationDto {
  @ApiProperty({ example: 'offboard_user' }) name!: string;
  @ApiProperty() description!: string;
  @ApiProperty({ example: 'user:manage', description: 'Who lacks it may not run the operation.' }) permission!: string;
  @ApiFreeJson({ description: 'JSON Schema (2020-12) of `input`.' }) input!: JsonObject;

  static of({ name, description, permission, schema }: RegisteredOperation): OperationDto {
    return { name, description, permission, input: schema };
  }
}

export class RunOperationDto {
  @ApiFreeJson({
    required: false,
    description: 'What the JSON Schema of the operation describes.',
    example: {
      userId: '01890000-0000-7000-8000-000000000001',
      successorId: '01890000-0000-7000-8000-000000000002',
    },
  })
  @MayBeAbsent()
  @IsObject()
  input?: object;
}

export class RunOperationQuery {
  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'Run it completely, tell what it would write, and undo it.',
  })
  @IsOptional()
  @ToBoolean()
  @IsBoolean()
  dryRun: boolean = false;
}

export class RowChangesDto {
  @ApiProperty({ example: 'users' }) table!: string;
  @ApiProperty({ type: 'integer' }) created!: number;
  @ApiProperty({ type: 'integer' }) updated!: number;
  @ApiProperty({ type: 'integer' }) deleted!: number;
}

export class OperationOutcomeDto {
  @ApiProperty({ ...ANY_JSON, description: 'What the operation returns.' })
  result!: unknown;

  @ApiProperty() dryRun!: boolean;

  @ApiPropertyOptional({
    type: [RowChangesDto],
    description: 'Of a dry run: rows that it would have written, by table.',
  })
  changes?: RowChangesDto[];

  static of({ result, changes }: OperationOutcome): OperationOutcomeDto {
    return { result: result ?? null, dryRun: changes !== undefined, ...(changes && { changes }) };
  }
}
