import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../common/identity/auth.decorators.js';
import { HealthReportResponse } from './health-report.dto.js';
import { HealthReportService } from './health-report.service.js';

@ApiTags('platform health')
@Controller('platform/health')
export class HealthReportController {
  constructor(private readonly reports: HealthReportService) {}

  @Get('report')
  @ApiOperation({
    operationId: 'getHealthReport',
    summary: 'Get the health report of this process',
    description: 'The report contains the state, figures and recommendations.',
  })
  @Allow('platform:health')
  @ApiOkResponse({ type: HealthReportResponse })
  report(): Promise<HealthReportResponse> {
    return this.reports.report();
  }
}
