import { IntegerField, ObjectField, TextField, TimestampField, UuidField } from '../../../common/contracts/fields.js';
import type { ScriptUse } from '../../scripting/lua-scripts/uses/script-uses.types.js';

const MAX_VERSION = 999_999_999;

export class TakeScriptDto {
  @IntegerField({
    min: 1,
    max: MAX_VERSION,
    optional: true,
    description: 'The version that you have reviewed. Defaults to the newest one.',
  })
  version?: number;
}

export class WaitingScriptDto {
  @IntegerField() version!: number;
  @UuidField({ nullable: true }) savedBy!: string | null;
  @TimestampField({ nullable: true }) savedAt!: string | null;
}

export class WorkflowScriptDto {
  @UuidField() scriptId!: string;
  @TextField() name!: string;
  @IntegerField({ nullable: true, description: 'The version that runs use.' }) version!: number | null;
  @UuidField({ nullable: true }) takenBy!: string | null;
  @TimestampField({ nullable: true }) takenAt!: string | null;
  @ObjectField(WaitingScriptDto, {
    nullable: true,
    description:
      'The newest version, when it was saved by somebody who may not change the workflow. It is not used until it is accepted.',
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
