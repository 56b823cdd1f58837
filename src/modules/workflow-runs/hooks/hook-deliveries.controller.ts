import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { EnumField, UuidField } from '../../../common/contracts/fields.js';
import { Public } from '../../../common/identity/auth.decorators.js';
import type { BodyRequest } from '../../../common/http/body-request.js';
import { BodyRules } from '../../../common/http/body-options.js';
import { ApiProblems } from '../../../common/http/openapi/api-problems.js';
import { ANY_JSON, type JsonValue } from '../../../common/json/json-object.js';
import { RUN_STATUSES, type RunStatus } from '../runs.types.js';
import { HookDeliveriesService } from './hook-deliveries.service.js';

export class HookAnswerDto {
  @UuidField() runId!: string;
  @EnumField(RUN_STATUSES) status!: RunStatus;
}

@ApiTags('workflow runs')
@Controller('hooks')
export class HookDeliveriesController {
  constructor(private readonly hooks: HookDeliveriesService) {}

  @Post(':token')
  @ApiParam({ name: 'token', description: 'The token of the webhook, as shown when the workflow was created.' })
  @ApiOperation({
    operationId: 'deliverWebhook',
    summary: 'Deliver a webhook and start its workflow',
    description:
      "The body becomes the run's input. It is a JSON object or array with any content type, or a form. Integers beyond 2^53 become strings. If a delivery is repeated within a day (recognised by `Idempotency-Key`, `Webhook-Id` or `X-GitHub-Delivery`), the response names the run that the first one started.",
  })
  @HttpCode(202)
  @Public()
  @BodyRules({ lenientTypes: true, largeIntegers: 'as-text', keepBytes: true })
  @ApiBody({ schema: ANY_JSON, required: false })
  @ApiAcceptedResponse({ type: HookAnswerDto })
  @ApiProblems(401, 404, 409, 429)
  async start(@Param('token') token: string, @Req() request: BodyRequest): Promise<HookAnswerDto> {
    const { body, headers, rawBody = Buffer.alloc(0), ip } = request;
    const { id, status } = await this.hooks.start(token, (body ?? {}) as JsonValue, { headers, body: rawBody }, ip);
    return { runId: id, status };
  }
}
