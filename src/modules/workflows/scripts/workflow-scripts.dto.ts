import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { MayBeAbsent } from '../../../common/contracts/input-rules.js';
import type { ScriptUse } from '../../scripting/lua-scripts/uses/script-uses.types.js';

const MAX_VERSION = 999_999_999;

export class TakeScriptDto {
  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_VERSION,
    description: 'The version that you have read; by default the newest.',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(MAX_VERSION)
  version?: number;
}

export class WaitingScriptDto {
  @ApiProperty({ type: 'integer' }) version!: number;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) savedBy!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) savedAt!: string | null;
}

export class WorkflowScriptDto {
  @ApiProperty({ format: 'uuid' }) scriptId!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ type: 'integer', nullable: true, description: 'The version that runs use.' }) version!: number | null;
  @ApiProperty({ type: String, format: 'uuid', nullable: true }) takenBy!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) takenAt!: string | null;
  @ApiProperty({
    type: WaitingScriptDto,
    nullable: true,
    description:
      'The newest version, when it was saved by somebody who may not change the workflow. It waits to be taken.',
  })
  waiting!: WaitingScriptDto | null;

  static of(use: ScriptUse): WorkflowScriptDto {
    const { scriptId, name, version, takenBy, takenAt, newestVersion, savedBy, savedAt } = use;
    const waiting = { version: newestVersion, savedBy, savedAt: savedAt?.toISOString() ?? null };
    return {
      scriptId,
      name,
      version,
      takenBy,
      takenAt: takenAt?.toISOString() ?? null,
      waiting: newestVersion === version ? null : waiting,
    };
  }
}
