import { IsObject } from 'class-validator';
import {
  AnyJsonField,
  BooleanField,
  IntegerField,
  JsonObjectField,
  ListField,
  ruledField,
  TextField,
} from '../../common/contracts/fields.js';
import type { OperationOutcome } from '../../common/operations/dbal-operations.js';
import type { RegisteredOperation } from '../../common/operations/operation-registry.js';
import { ToBoolean } from '../../common/contracts/query-values.js';
import type { JsonObject } from '../../common/json/json-object.js';

export class OperationDto {
  @TextField({ example: 'offboard_user' }) name!: string;
  @TextField() description!: string;
  @TextField({ example: 'user:manage', description: 'The permission that the operation requires.' })
  permission!: string;
  @JsonObjectField({ description: 'The JSON Schema (2020-12) of `input`.' }) input!: JsonObject;

  static of({ name, description, permission, schema }: RegisteredOperation): OperationDto {
    return { name, description, permission, input: schema };
  }
}

export class RunOperationDto {
  @ruledField(
    { type: 'object', additionalProperties: true },
    {
      optional: true,
      description: 'The input of the operation, as its JSON Schema describes it.',
      example: {
        userId: '01890000-0000-7000-8000-000000000001',
        successorId: '01890000-0000-7000-8000-000000000002',
      },
    },
    IsObject(),
  )
  input?: object;
}

export class RunOperationQuery {
  @ToBoolean()
  @BooleanField({
    optional: true,
    default: false,
    description: 'Runs the operation completely, reports what it would write, and rolls it back.',
  })
  dryRun: boolean = false;
}

export class RowChangesDto {
  @TextField({ example: 'users' }) table!: string;
  @IntegerField() created!: number;
  @IntegerField() updated!: number;
  @IntegerField() deleted!: number;
}

export class OperationOutcomeDto {
  @AnyJsonField({ description: 'What the operation returns.' }) result!: unknown;
  @BooleanField() dryRun!: boolean;

  @ListField(RowChangesDto, {
    optional: true,
    description: 'The rows that a dry run would have written, by table. Absent otherwise.',
  })
  changes?: RowChangesDto[];

  static of({ result, changes }: OperationOutcome): OperationOutcomeDto {
    return { result: result ?? null, dryRun: changes !== undefined, ...(changes && { changes }) };
  }
}
