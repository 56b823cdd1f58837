import { IntegerField, ListField, TextField } from '../../contracts/fields.js';

export class InputProblemSchema {
  @TextField({
    example: '/email',
    description:
      'The place of the problem: a JSON Pointer (RFC 6901) into the body, `?name` for the query or `:name` for the path.',
  })
  pointer!: string;

  @TextField({ example: 'email must be an email address.' }) detail!: string;
  @TextField({ example: 'email' }) code!: string;
}

/** Schema of RFC 9457 problem details. */
export class ProblemSchema {
  @TextField({ format: 'uri', example: 'urn:tenantry:problem:request.invalid' }) type!: string;
  @TextField({ example: 'Bad Request' }) title!: string;
  @IntegerField({ example: 400 }) status!: number;
  @TextField({ example: 'The request is not valid.' }) detail!: string;
  @TextField({ example: '/api/v1/users', description: 'The path of the request.' }) instance!: string;

  @TextField({ example: 'request.invalid', description: 'The code of the problem, for programs. Codes do not change.' })
  code!: string;

  @TextField({
    example: '0b6f1c7e-6f0e-4f7c-9a56-2f1d3c1f7d11',
    description: 'The id of the request, which is also in the X-Request-Id header and in the logs.',
  })
  requestId!: string;

  @ListField(InputProblemSchema, { optional: true }) errors?: InputProblemSchema[];
}
