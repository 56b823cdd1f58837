import { getSchemaPath, type OpenAPIObject } from '@nestjs/swagger';
import { titleOf, usualProblem } from '../problem.js';
import { ProblemSchema } from './problem.schema.js';

type Components = NonNullable<OpenAPIObject['components']>;
type Responses = NonNullable<Components['responses']>;
type ResponseRef = { $ref: string };

/** The problem responses of a document. Each status is defined once and referenced by the routes. */
export class ProblemResponses {
  readonly components: Responses = {};

  refer(status: number): ResponseRef {
    const name = `Problem${status}`;
    this.components[name] ??= {
      description: titleOf(status),
      content: {
        'application/problem+json': { schema: { $ref: getSchemaPath(ProblemSchema) }, example: exampleOf(status) },
      },
    };
    return { $ref: `#/components/responses/${name}` };
  }
}

function exampleOf(status: number): ProblemSchema {
  const { code, detail } = usualProblem(status);
  const errors = [{ pointer: '/email', detail: 'email must be an email address.', code: 'email' }];
  return {
    type: `urn:tenantry:problem:${code}`,
    title: titleOf(status),
    status,
    detail,
    instance: '/api/v1/users',
    code,
    requestId: '0b6f1c7e-6f0e-4f7c-9a56-2f1d3c1f7d11',
    ...(status === 400 && { errors }),
  };
}
