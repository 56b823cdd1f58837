import { ApiProperty } from '@nestjs/swagger';
import { ScriptParameterDto } from '../lua-scripts.dto.js';
import { SCRIPT_VALUE_TYPES, type ScriptValueType } from '../lua-scripts.types.js';
import type { ScriptVersion, ScriptVersionSummary } from './script-versions.types.js';

export class ScriptVersionSummaryDto {
  @ApiProperty({ type: 'integer' }) number!: number;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) savedBy!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;

  static of({ number, savedBy, createdAt }: ScriptVersionSummary): ScriptVersionSummaryDto {
    return { number, savedBy, createdAt: createdAt.toISOString() };
  }
}

export class ScriptVersionDto extends ScriptVersionSummaryDto {
  @ApiProperty() code!: string;
  @ApiProperty({ type: [ScriptParameterDto] }) parameters!: ScriptParameterDto[];
  @ApiProperty({ enum: SCRIPT_VALUE_TYPES, nullable: true }) returnType!: ScriptValueType | null;
  @ApiProperty({ type: [String] }) allowedGlobals!: string[];
  @ApiProperty({ type: 'integer' }) timeoutMs!: number;

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
