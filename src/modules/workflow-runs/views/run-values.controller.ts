import { Readable } from 'node:stream';
import { applyDecorators, Controller, Get, Param, StreamableFile } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Allow } from '../../../common/identity/auth.decorators.js';
import { IdParam } from '../../../common/contracts/id-param.js';
import { ANY_JSON } from '../../../common/json/json-object.js';
import { ApiNodeIdParam } from './node-id-param.js';
import { type OpenValue, RunValuesService } from './run-values.service.js';

const GetValue = (path: string): MethodDecorator =>
  applyDecorators(
    Get(path),
    Allow('workflow:read'),
    ApiOkResponse({
      description: 'The complete value, however large it is.',
      content: { 'application/json': { schema: ANY_JSON } },
    }),
  );

/** Serves single values, as they are stored. */
@ApiTags('workflow runs')
@Controller('workflow-runs/:id')
export class RunValuesController {
  constructor(private readonly values: RunValuesService) {}

  @GetValue('input')
  @ApiOperation({ operationId: 'getWorkflowRunInput', summary: 'Get the input of a workflow run' })
  async input(@IdParam() id: string): Promise<StreamableFile> {
    return streamed(await this.values.open({ of: 'run', runId: id, name: 'input' }));
  }

  @GetValue('outputs')
  @ApiOperation({ operationId: 'getWorkflowRunOutputs', summary: 'Get the outputs of a workflow run' })
  async outputs(@IdParam() id: string): Promise<StreamableFile> {
    return streamed(await this.values.open({ of: 'run', runId: id, name: 'outputs' }));
  }

  @GetValue('error')
  @ApiOperation({ operationId: 'getWorkflowRunError', summary: 'Get the error of a workflow run' })
  async error(@IdParam() id: string): Promise<StreamableFile> {
    return streamed(await this.values.open({ of: 'run', runId: id, name: 'error' }));
  }

  @GetValue('steps/:nodeId/input')
  @ApiNodeIdParam()
  @ApiOperation({ operationId: 'getWorkflowRunStepInput', summary: 'Get the input of a step of a workflow run' })
  async stepInput(@IdParam() id: string, @Param('nodeId') nodeId: string): Promise<StreamableFile> {
    return streamed(await this.values.open({ of: 'step', runId: id, nodeId, name: 'input' }));
  }

  @GetValue('steps/:nodeId/output')
  @ApiNodeIdParam()
  @ApiOperation({ operationId: 'getWorkflowRunStepOutput', summary: 'Get the output of a step of a workflow run' })
  async stepOutput(@IdParam() id: string, @Param('nodeId') nodeId: string): Promise<StreamableFile> {
    return streamed(await this.values.open({ of: 'step', runId: id, nodeId, name: 'output' }));
  }

  @GetValue('steps/:nodeId/error')
  @ApiNodeIdParam()
  @ApiOperation({ operationId: 'getWorkflowRunStepError', summary: 'Get the error of a step of a workflow run' })
  async stepError(@IdParam() id: string, @Param('nodeId') nodeId: string): Promise<StreamableFile> {
    return streamed(await this.values.open({ of: 'step', runId: id, nodeId, name: 'error' }));
  }
}

function streamed({ bytes, text }: OpenValue): StreamableFile {
  return new StreamableFile(Readable.from(text, { objectMode: false }), {
    type: 'application/json; charset=utf-8',
    length: bytes,
  });
}
