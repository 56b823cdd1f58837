import { TextField } from '../../../common/contracts/fields.js';
import type { TriggerAddress } from '../../workflows/triggers/trigger.types.js';

export class HookTokenDto {
  @TextField({ description: 'The token of the webhook. It is shown only in this response.' }) hookToken!: string;
  @TextField({ example: '/api/v1/hooks/hook_…', description: 'The path that starts the workflow by POST.' })
  hookUrl!: string;

  static of({ token, url }: TriggerAddress): HookTokenDto {
    return { hookToken: token, hookUrl: url };
  }
}
