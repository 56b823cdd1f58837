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
  @ApiProperty({ example: 'user:manage', description: 'The permission that the operation requires.' })
  permission!: string;
  @ApiFreeJson({ description: 'The JSON Schema (2020-12) of `input`.' }) input!: JsonObject;

  static of({ name, description, permission, schema }: RegisteredOperation): OperationDto {
    return { name, description, permission, input: schema };
  }
}

export class RunOperationDto {
  @ApiFreeJson({
    required: false,
    description: 'The input of the operation, as its JSON Schema describes it.',
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
    description: 'Runs the operation completely, reports what it would write, and rolls it back.',
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
    description: 'The rows that a dry run would have written, by table. Absent otherwise.',
  })
  changes?: RowChangesDto[];

  static of({ result, changes }: OperationOutcome): OperationOutcomeDto {
    return { result: result ?? null, dryRun: changes !== undefined, ...(changes && { changes }) };
  }
}
