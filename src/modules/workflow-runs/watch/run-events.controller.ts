import { Controller, Get, Query, Req, Res } from '@nestjs/common';
import { ApiHeader, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Allow, OpensStream, type IdentifiedRequest } from '../../../common/identity/auth.decorators.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { EventStreams } from '../../../common/streams/event-streams.js';
import { StreamQuery } from '../../../common/streams/stream-query.js';
import { RunEventsService } from './run-events.service.js';

@ApiTags('workflow runs')
@Controller('workflow-runs/:id/events')
export class RunEventsController {
  constructor(
    private readonly events: RunEventsService,
    private readonly streams: EventStreams,
  ) {}

  @Get()
  @ApiOperation({
    operationId: 'streamWorkflowRunEvents',
    summary: 'Stream the events of a workflow run',
    description: 'The response is a stream of server-sent events. `Last-Event-ID` resumes it.',
  })
  @Allow('workflow:read')
  @OpensStream()
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description: 'Resumes the stream after the event with this id.',
  })
  @ApiOkResponse({
    description:
      'A stream of numbered events until the run ends, each of the form `{seq, type, nodeId, data, createdAt}`.',
    content: { 'text/event-stream': { schema: { type: 'string' } } },
  })
  @ApiNoContentResponse({ description: 'The run has ended, and nothing came after that event.' })
  stream(
    @IdParam() id: string,
    @Query() _query: StreamQuery,
    @Req() request: IdentifiedRequest,
    @Res() response: Response,
  ): Promise<void> {
    return this.streams.serve(request, response, this.events.of(id));
  }
}
