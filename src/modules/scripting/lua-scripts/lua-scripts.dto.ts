import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  Allow as AnyValue,
  ArrayMaxSize,
  ArrayUnique,
  Equals,
  IsArray,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { HasMaxLength, IsOneLine, MayBeAbsent } from '../../../common/contracts/input-rules.js';
import { ApiOmitted } from '../../../common/http/omitted.js';
import { PageQuery, SortParameter } from '../../../common/contracts/page.js';
import { ANY_JSON, type JsonValue } from '../../../common/json/json-object.js';
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
  @ApiPropertyOptional({ description: 'Returns only entries whose name or description contains all these words.' })
  @IsOptional()
  @IsString()
  @HasMaxLength(100)
  search?: string;

  @SortParameter(LUA_SCRIPT_SORTS)
  sort?: string;
}

export class ScriptParameterDto {
  @ApiProperty({ example: 'amount', pattern: PARAMETER.source, description: 'The name of the field in `input`.' })
  @Matches(PARAMETER)
  name!: string;

  @ApiProperty({ enum: SCRIPT_VALUE_TYPES })
  @IsIn(SCRIPT_VALUE_TYPES)
  type!: ScriptValueType;
}

const Code = (): PropertyDecorator =>
  applyDecorators(
    ApiProperty({ example: 'return input.amount * 1.2', maxLength: MAX_SCRIPT_LENGTH }),
    IsString(),
    IsNotEmpty(),
    HasMaxLength(MAX_SCRIPT_LENGTH),
  );

/** Everything of a script but its name and code. */
class ScriptOptionsDto {
  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 2000 })
  @IsOptional()
  @IsString()
  @HasMaxLength(2000)
  description?: string | null;

  @ApiPropertyOptional({
    type: [ScriptParameterDto],
    default: [],
    description: 'The parameters of the script. Without any, the script takes any input.',
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(50)
  @ArrayUnique((parameter: ScriptParameterDto | null) => parameter?.name)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ScriptParameterDto)
  parameters?: ScriptParameterDto[];

  @ApiPropertyOptional({ enum: SCRIPT_VALUE_TYPES, nullable: true })
  @IsOptional()
  @IsIn(SCRIPT_VALUE_TYPES)
  returnType?: ScriptValueType | null;

  @ApiPropertyOptional({
    enum: [true],
    default: true,
    description: 'Whether the script runs in the sandbox. There is no other way to run a script.',
  })
  @MayBeAbsent()
  @Equals(true)
  isSandboxed?: true;

  @ApiPropertyOptional({
    enum: LUA_GLOBALS,
    isArray: true,
    default: [],
    description: 'The globals that the script may use. An empty list allows all of them.',
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(LUA_GLOBALS.length)
  @ArrayUnique()
  @IsIn(LUA_GLOBALS, { each: true })
  allowedGlobals?: string[];

  @ApiPropertyOptional({
    type: 'integer',
    minimum: MIN_SCRIPT_TIMEOUT_MS,
    maximum: MAX_SCRIPT_TIMEOUT_MS,
    default: DEFAULT_SCRIPT_TIMEOUT_MS,
  })
  @MayBeAbsent()
  @IsInt()
  @Min(MIN_SCRIPT_TIMEOUT_MS)
  @Max(MAX_SCRIPT_TIMEOUT_MS)
  timeoutMs?: number;
}

export class CreateLuaScriptDto extends ScriptOptionsDto {
  @ApiProperty({ example: 'Add tax', description: 'The name, which is unique in the tenant.' })
  @IsOneLine(255)
  name!: string;

  @Code()
  code!: string;

  static toNewScript({ isSandboxed: _always, ...script }: CreateLuaScriptDto): NewLuaScript {
    return { ...script, parameters: plain(script.parameters) };
  }
}

export class UpdateLuaScriptDto extends ScriptOptionsDto {
  @ApiPropertyOptional()
  @MayBeAbsent()
  @IsOneLine(255)
  name?: string;

  @ApiPropertyOptional({ maxLength: MAX_SCRIPT_LENGTH })
  @MayBeAbsent()
  @Code()
  code?: string;

  static toChanges({ isSandboxed: _always, ...script }: UpdateLuaScriptDto): LuaScriptChanges {
    return { ...script, parameters: plain(script.parameters) };
  }
}

export class RunLuaScriptDto {
  @ApiPropertyOptional({
    ...ANY_JSON,
    example: { amount: 10 },
    description: 'The input of the script, which may be any JSON.',
  })
  @AnyValue()
  input?: JsonValue;
}

export class LuaScriptDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ type: String, nullable: true }) description!: string | null;
  @ApiProperty() code!: string;
  @ApiProperty({ type: [ScriptParameterDto] }) parameters!: ScriptParameterDto[];
  @ApiProperty({ enum: SCRIPT_VALUE_TYPES, nullable: true }) returnType!: ScriptValueType | null;
  @ApiProperty() isSandboxed!: boolean;
  @ApiProperty({ type: [String] }) allowedGlobals!: string[];
  @ApiProperty({ type: 'integer' }) timeoutMs!: number;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) createdBy!: string | null;
  @ApiProperty({ type: 'integer' }) version!: number;
  @ApiProperty({ type: 'integer', description: 'The number of the newest version of the script.' })
  definitionVersion!: number;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;

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
  @ApiProperty({ type: String, nullable: true, description: 'The value is null when it is larger than 16 KiB.' })
  code!: string | null;
  @ApiOmitted() omitted?: string[];

  static of({ omitted, ...script }: ListedLuaScript): ListedLuaScriptDto {
    return Object.assign(LuaScriptDto.of(script as LuaScript), omitted && { omitted });
  }
}

class ScriptTrialErrorDto {
  @ApiProperty({ enum: ['syntax', 'runtime', 'timeout', 'memory', 'input', 'return_type'] }) kind!: string;
  @ApiProperty() message!: string;
  @ApiPropertyOptional({ type: 'integer', description: 'The line of the script, counted from 1.' }) line?: number;
}

export class ScriptTrialDto {
  @ApiProperty() succeeded!: boolean;
  @ApiProperty({ ...ANY_JSON, description: 'What the script returned, which may be any JSON.' }) result!: JsonValue;
  @ApiProperty({ type: [String] }) logs!: string[];
  @ApiProperty({ type: ScriptTrialErrorDto, nullable: true }) error!: ScriptTrialErrorDto | null;
  @ApiProperty({ type: 'integer' }) durationMs!: number;

  static of({ succeeded, result, logs, error, durationMs }: ScriptTrial): ScriptTrialDto {
    return { succeeded, result, logs, error, durationMs };
  }
}

function plain(parameters: ScriptParameterDto[] | undefined): ScriptParameterDto[] | undefined {
  return parameters?.map(({ name, type }) => ({ name, type }));
}
