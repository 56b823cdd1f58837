import {
  EnumField,
  IntegerField,
  ListField,
  TextField,
  TextListField,
  TimestampField,
  UuidField,
} from '../../../../common/contracts/fields.js';
import { ScriptParameterDto } from '../lua-scripts.dto.js';
import { SCRIPT_VALUE_TYPES, type ScriptValueType } from '../lua-scripts.types.js';
import type { ScriptVersion, ScriptVersionSummary } from './script-versions.types.js';

export class ScriptVersionSummaryDto {
  @IntegerField() number!: number;
  @UuidField({ nullable: true }) savedBy!: string | null;
  @TimestampField() createdAt!: string;

  static of({ number, savedBy, createdAt }: ScriptVersionSummary): ScriptVersionSummaryDto {
    return { number, savedBy, createdAt: createdAt.toISOString() };
  }
}

export class ScriptVersionDto extends ScriptVersionSummaryDto {
  @TextField() code!: string;
  @ListField(ScriptParameterDto) parameters!: ScriptParameterDto[];
  @EnumField(SCRIPT_VALUE_TYPES, { nullable: true }) returnType!: ScriptValueType | null;
  @TextListField() allowedGlobals!: string[];
  @IntegerField() timeoutMs!: number;

  static override of(version: ScriptVersion): ScriptVersionDto {
    const { code, returnType, allowedGlobals, timeoutMs } = version;
    const parameters = version.parameters.map(({ name, type }) => ({ name, type }));
    return Object.assign(ScriptVersionSummaryDto.of(version), {
      code,
      parameters,
      returnType,
      allowedGlobals,
      timeoutMs,
    });
  }
}
