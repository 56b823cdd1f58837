import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import { Allow, CurrentActor } from '../../../common/identity/auth.decorators.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { RunLuaScriptDto, ScriptTrialDto } from './lua-scripts.dto.js';
import { ScriptTrialsService } from './script-trials.service.js';

@ApiTags('lua-scripts')
@Controller('lua-scripts/:id')
export class ScriptTrialsController {
  constructor(private readonly trials: ScriptTrialsService) {}

  @Post('run')
  @ApiOperation({
    operationId: 'runLuaScript',
    summary: 'Run a Lua script as a trial',
    description: 'The response is also 200 when the script fails; it then contains the error.',
  })
  @HttpCode(200)
  @Allow('lua_script:run')
  @ApiOkResponse({ type: ScriptTrialDto })
  async run(
    @CurrentActor() actor: Actor,
    @IdParam() id: string,
    @Body() { input }: RunLuaScriptDto,
  ): Promise<ScriptTrialDto> {
    return ScriptTrialDto.of(await this.trials.run(actor, id, input ?? null));
  }
}
