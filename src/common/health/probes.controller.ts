import { Controller, Get, Res, VERSION_NEUTRAL } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, type HealthCheckResult } from '@nestjs/terminus';
import type { Response } from 'express';
import { Public } from '../identity/auth.decorators.js';
import { Readiness } from './readiness.js';

/**
 * Probes for orchestrators, served at the root without tenant, credential or rate limit. They answer 200 or 503 with
 * Terminus' own JSON rather than a problem document, because probes and operators expect that format.
 */
@ApiTags('health')
@Controller({ version: VERSION_NEUTRAL })
export class ProbesController {
  constructor(private readonly readiness: Readiness) {}

  @Get('livez')
  @ApiOperation({
    operationId: 'checkLiveness',
    summary: 'Check whether the process is alive',
    description: 'It checks only the process itself: an unreachable database is no reason to restart it.',
  })
  @Public()
  @HealthCheck()
  live(): HealthCheckResult {
    return { status: 'ok', info: {}, error: {}, details: {} };
  }

  @Get('readyz')
  @ApiOperation({ operationId: 'checkReadiness', summary: 'Check whether the process can serve requests' })
  @Public()
  @HealthCheck()
  async ready(@Res({ passthrough: true }) response: Response): Promise<HealthCheckResult> {
    return withStatus(response, await this.readiness.check());
  }

  @Get('startupz')
  @ApiOperation({ operationId: 'checkStartup', summary: 'Check whether the process has started' })
  @Public()
  @HealthCheck()
  async started(@Res({ passthrough: true }) response: Response): Promise<HealthCheckResult> {
    return withStatus(response, await this.readiness.checkStarted());
  }
}

function withStatus(response: Response, result: HealthCheckResult): HealthCheckResult {
  response.status(result.status === 'ok' ? 200 : 503);
  return result;
}
