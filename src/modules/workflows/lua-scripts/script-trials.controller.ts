import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../common/auth/auth.decorators.js';
import { IdParam } from '../../../common/http/id-param.js';
import { RunLuaScriptDto, ScriptTrialDto } from './lua-scripts.dto.js';
import { ScriptTrialsService } from './script-trials.service.js';

@ApiTags('lua-scripts')
@Controller('lua-scripts/:id')
export class ScriptTrialsController {
  constructor(private readonly trials: ScriptTrialsService) {}

  /** A trial. A script that fails answers 200, too, with what went wrong. */
  @Post('run')
  @HttpCode(200)
  @Allow('lua_script:run')
  @ApiOkResponse({ type: ScriptTrialDto })
  async run(@IdParam() id: string, @Body() { input }: RunLuaScriptDto): Promise<ScriptTrialDto> {
    return ScriptTrialDto.of(await this.trials.run(id, input ?? null));
  }
}
