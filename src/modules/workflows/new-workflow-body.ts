import {
  applyDecorators,
  createParamDecorator,
  type ExecutionContext,
  Injectable,
  type PipeTransform,
} from '@nestjs/common';
import { ApiBody, ApiExtraModels, getSchemaPath } from '@nestjs/swagger';
import type { Request } from 'express';
import { workInTurn } from '../../common/http/big-bodies.js';
import { assertStorable } from '../../common/json/storable.js';
import { strictInput } from '../../common/http/strict-validation.pipe.js';
import { ANY_JSON } from '../../common/json/json-object.js';
import { convertImport } from './definitions/import/convert-import.js';
import { CreateWorkflowDto } from './workflows.dto.js';

/**
 * Converts bodies in formats of other systems before validation: pointers of problems refer to the result of the
 * conversion.
 */
@Injectable()
class NewWorkflowPipe implements PipeTransform<unknown, Promise<CreateWorkflowDto>> {
  async transform(body: unknown): Promise<CreateWorkflowDto> {
    return workInTurn(body, () => {
      const converted = convertImport(body);
      // JSON that was contained in a text has not been checked yet.
      if (converted !== body && holdsText(body)) assertStorable(converted as object);
      return strictInput(CreateWorkflowDto, converted);
    });
  }
}

function holdsText(body: unknown): boolean {
  return typeof (body as { config?: unknown }).config === 'string';
}

const RawBody = createParamDecorator((_: unknown, context: ExecutionContext): unknown => {
  return context.switchToHttp().getRequest<Request>().body as unknown;
});

/** The body of a new workflow, in our format or in one that `convertImport` supports. */
export const NewWorkflowBody = (): ParameterDecorator => RawBody(new NewWorkflowPipe());

/** Bodies of other systems have fields of their own: all are accepted and kept in `config`. */
const FOREIGN = {
  type: 'object',
  description: 'A workflow of another system.',
  properties: {
    name: { type: 'string' },
    steps: ANY_JSON,
    connections: ANY_JSON,
    config: ANY_JSON,
  },
  additionalProperties: true,
} as const;

/** An example that can be run. */
const EXAMPLE = {
  name: 'Escalate urgent tickets',
  trigger: 'schedule',
  triggerConfig: { cron: '0 6 * * 1', timeZone: 'Europe/Paris' },
  nodes: [
    { id: 'start', type: 'trigger' },
    { id: 'check', type: 'condition', config: { condition: 'input.priority > 3' } },
    { id: 'note', type: 'action', config: { action: 'log', message: 'An urgent ticket.' } },
  ],
  edges: [
    { source: 'start', target: 'check' },
    { source: 'check', target: 'note', label: 'true' },
  ],
};

/** Documents `@NewWorkflowBody()`. */
export const ApiNewWorkflowBody = (): MethodDecorator =>
  applyDecorators(
    ApiExtraModels(CreateWorkflowDto),
    ApiBody({
      schema: { anyOf: [{ $ref: getSchemaPath(CreateWorkflowDto) }, FOREIGN] },
      examples: { workflow: { value: EXAMPLE } },
    }),
  );
