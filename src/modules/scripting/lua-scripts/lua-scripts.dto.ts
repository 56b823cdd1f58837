import { OmitType } from '@nestjs/swagger';
import { ArrayUnique, Equals, IsNotEmpty, IsString } from 'class-validator';
import {
  AnyJsonField,
  BooleanField,
  EnumField,
  EnumListField,
  type FieldOptions,
  IntegerField,
  LineField,
  ListField,
  ObjectField,
  PatternField,
  ruledField,
  TextField,
  TextListField,
  TimestampField,
  UuidField,
} from '../../../common/contracts/fields.js';
import { HasMaxLength } from '../../../common/contracts/input-rules.js';
import { OmittedField } from '../../../common/http/omitted.js';
import { PageQuery, SortParameter } from '../../../common/contracts/page.js';
import type { JsonValue } from '../../../common/json/json-object.js';
import {
  DEFAULT_SCRIPT_TIMEOUT_MS,
  LUA_GLOBALS,
  MAX_SCRIPT_LENGTH,
  MAX_SCRIPT_TIMEOUT_MS,
  MIN_SCRIPT_TIMEOUT_MS,
} from '../sandbox/script.types.js';
import {
  LUA_SCRIPT_SORTS,
  type ListedLuaScript,
  type LuaScript,
  type LuaScriptChanges,
  type NewLuaScript,
  SCRIPT_VALUE_TYPES,
  type ScriptTrial,
  type ScriptValueType,
} from './lua-scripts.types.js';

const PARAMETER = /^[A-Za-z_][A-Za-z0-9_]{0,99}$/;

export class ListLuaScriptsQuery extends PageQuery {
  @TextField({
    max: 100,
    optional: true,
    description: 'Returns only entries whose name or description contains all these words.',
  })
  search?: string;

  @SortParameter(LUA_SCRIPT_SORTS)
  sort?: string;
}

export class ScriptParameterDto {
  @PatternField(PARAMETER, { example: 'amount', description: 'The name of the field in `input`.' }) name!: string;
  @EnumField(SCRIPT_VALUE_TYPES) type!: ScriptValueType;
}

const CodeField = (options: FieldOptions = {}): PropertyDecorator =>
  ruledField(
    { type: String, maxLength: MAX_SCRIPT_LENGTH },
    { example: 'return input.amount * 1.2', ...options },
    IsString(),
    IsNotEmpty(),
    HasMaxLength(MAX_SCRIPT_LENGTH),
  );

/** All fields of a script except its name and code. */
class ScriptOptionsDto {
  @TextField({ max: 2000, optional: true, nullable: true }) description?: string | null;

  @ArrayUnique((parameter: ScriptParameterDto | null) => parameter?.name)
  @ListField(ScriptParameterDto, {
    max: 50,
    optional: true,
    default: [],
    description: 'The parameters of the script. Without this list, the script accepts any input.',
  })
  parameters?: ScriptParameterDto[];

  @EnumField(SCRIPT_VALUE_TYPES, { optional: true, nullable: true }) returnType?: ScriptValueType | null;

  @ruledField(
    { enum: [true] },
    {
      optional: true,
      default: true,
      description: 'Whether the script runs in the sandbox. There is no other way to run a script.',
    },
    Equals(true),
  )
  isSandboxed?: true;

  @EnumListField(LUA_GLOBALS, {
    max: LUA_GLOBALS.length,
    unique: true,
    optional: true,
    default: [],
    description: 'The globals that the script may use. An empty list allows all of them.',
  })
  allowedGlobals?: string[];

  @IntegerField({
    min: MIN_SCRIPT_TIMEOUT_MS,
    max: MAX_SCRIPT_TIMEOUT_MS,
    optional: true,
    default: DEFAULT_SCRIPT_TIMEOUT_MS,
  })
  timeoutMs?: number;
}

export class CreateLuaScriptDto extends ScriptOptionsDto {
  @LineField({ max: 255, example: 'Add tax', description: 'The name, which is unique in the tenant.' }) name!: string;

  @CodeField() code!: string;

  static toNewScript({ isSandboxed: _always, ...script }: CreateLuaScriptDto): NewLuaScript {
    return { ...script, parameters: plain(script.parameters) };
  }
}

export class UpdateLuaScriptDto extends ScriptOptionsDto {
  @LineField({ max: 255, optional: true }) name?: string;

  @CodeField({ optional: true }) code?: string;

  static toChanges({ isSandboxed: _always, ...script }: UpdateLuaScriptDto): LuaScriptChanges {
    return { ...script, parameters: plain(script.parameters) };
  }
}

export class RunLuaScriptDto {
  @AnyJsonField({
    optional: true,
    example: { amount: 10 },
    description: 'The input of the script, which may be any JSON.',
  })
  input?: JsonValue;
}

export class LuaScriptDto {
  @UuidField() id!: string;
  @TextField() name!: string;
  @TextField({ nullable: true }) description!: string | null;
  @TextField() code!: string;
  @ListField(ScriptParameterDto) parameters!: ScriptParameterDto[];
  @EnumField(SCRIPT_VALUE_TYPES, { nullable: true }) returnType!: ScriptValueType | null;
  @BooleanField() isSandboxed!: boolean;
  @TextListField() allowedGlobals!: string[];
  @IntegerField() timeoutMs!: number;
  @UuidField({ nullable: true }) createdBy!: string | null;
  @IntegerField() version!: number;
  @IntegerField({ description: 'The number of the newest version of the script.' }) definitionVersion!: number;
  @TimestampField() createdAt!: string;
  @TimestampField() updatedAt!: string;

  static of(script: LuaScript): LuaScriptDto {
    return {
      id: script.id,
      name: script.name,
      description: script.description,
      code: script.code,
      parameters: script.parameters.map(({ name, type }) => ({ name, type })),
      returnType: script.returnType,
      isSandboxed: script.isSandboxed,
      allowedGlobals: script.allowedGlobals,
      timeoutMs: script.timeoutMs,
      createdBy: script.createdBy,
      version: script.version,
      definitionVersion: script.definitionVersion,
      createdAt: script.createdAt.toISOString(),
      updatedAt: script.updatedAt.toISOString(),
    };
  }
}

export class ListedLuaScriptDto extends OmitType(LuaScriptDto, ['code'] as const) {
  @TextField({ nullable: true, description: 'The value is null when it is larger than 16 KiB.' }) code!: string | null;
  @OmittedField() omitted?: string[];

  static of({ omitted, ...script }: ListedLuaScript): ListedLuaScriptDto {
    return Object.assign(LuaScriptDto.of(script as LuaScript), omitted && { omitted });
  }
}

class ScriptTrialErrorDto {
  @EnumField(['syntax', 'runtime', 'timeout', 'memory', 'input', 'return_type']) kind!: string;
  @TextField() message!: string;
  @IntegerField({ optional: true, description: 'The line of the script, counted from 1.' }) line?: number;
}

export class ScriptTrialDto {
  @BooleanField() succeeded!: boolean;
  @AnyJsonField({ description: 'What the script returned, which may be any JSON.' }) result!: JsonValue;
  @TextListField() logs!: string[];
  @ObjectField(ScriptTrialErrorDto, { nullable: true }) error!: ScriptTrialErrorDto | null;
  @IntegerField() durationMs!: number;

  static of({ succeeded, result, logs, error, durationMs }: ScriptTrial): ScriptTrialDto {
    return { succeeded, result, logs, error, durationMs };
  }
}

function plain(parameters: ScriptParameterDto[] | undefined): ScriptParameterDto[] | undefined {
  return parameters?.map(({ name, type }) => ({ name, type }));
}
