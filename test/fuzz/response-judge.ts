import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Answer } from '../support/http-client.js';
import type { ApiDocument, ApiOperation, Schema } from './api-description.js';

/** What was really sent, as text. */
export interface SentFacts {
  operation: ApiOperation;
  /** The JSON body, where it was one. */
  json?: unknown;
  isJson: boolean;
  /** Whether a credential came along that was not made up. */
  hasCredential: boolean;
}

/** Compares answers with what the document says of them. */
export class ResponseJudge {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: false, logger: false });
  readonly #validators = new Map<Schema, ValidateFunction>();

  constructor(document: ApiDocument) {
    addFormats.default(this.#ajv);
    // What is documented is all that may be there: an answer with one more field says more than it should.
    this.#ajv.addSchema({ $id: 'api', ...closed(structuredClone(document) as object) });
  }

  /** What is wrong with the answer, in sentences. */
  problemsOf({ operation, json, isJson, hasCredential }: SentFacts, answer: Answer): string[] {
    const { status } = answer;
    if (status >= 500) return [`answered ${status}: ${answer.text.slice(0, 300)}`];
    const content = operation.responses[String(status)];
    if (!content) return [`answered ${status}, which is not documented: ${answer.text.slice(0, 300)}`];
    const problems: string[] = [];
    if (status < 300 && !operation.isPublic && !hasCredential) problems.push(`answered ${status} to nobody`);
    if (status < 300 && isJson && operation.body) {
      const fault = this.#faultOf(operation.body, json);
      if (fault) problems.push(`accepted a body that its schema does not allow: ${fault}`);
    }
    if (status === 429 && answer.headers['retry-after'] === undefined)
      problems.push('answered 429 without Retry-After');
    if (answer.headers['x-request-id'] === undefined) problems.push('has no X-Request-Id');
    return [...problems, ...this.#bodyProblems(content, answer)];
  }

  #bodyProblems(content: ApiOperation['responses'][string], { status, headers, text }: Answer): string[] {
    const documented = Object.entries(content);
    if (documented.length === 0)
      return text === '' ? [] : [`answered ${status} with a body that is not documented: ${text.slice(0, 200)}`];
    const type = String(headers['content-type'] ?? '').split(';')[0]!;
    const schema = content[type]?.schema;
    if (!content[type])
      return [`answered ${status} as "${type}" instead of ${documented.map(([name]) => name).join(' or ')}`];
    if (!schema || !type.endsWith('json')) return [];
    let body: unknown;
    try {
      body = JSON.parse(text);
    } catch {
      return [`answered ${status} with broken JSON: ${text.slice(0, 200)}`];
    }
    const fault = this.#faultOf(schema, body);
    return fault ? [`answered ${status} with a body unlike its schema: ${fault}: ${text.slice(0, 300)}`] : [];
  }

  #faultOf(schema: Schema, value: unknown): string | undefined {
    let validate = this.#validators.get(schema);
    if (!validate)
      this.#validators.set(schema, (validate = this.#ajv.compile(absolute(closed(structuredClone(schema))))));
    if (validate(value)) return undefined;
    const [error] = validate.errors!;
    return `${error!.instancePath || '/'} ${error!.message} ${JSON.stringify(error!.params)}`;
  }
}

/** Objects with described properties have no others. */
function closed<T extends object>(node: T): T {
  for (const child of Object.values(node) as unknown[]) if (typeof child === 'object' && child !== null) closed(child);
  const schema = node as Schema;
  const isObjectSchema = schema.type === 'object' || (Array.isArray(schema.type) && schema.type.includes('object'));
  if (isObjectSchema && schema.properties && schema.additionalProperties === undefined)
    schema.additionalProperties = false;
  return node;
}

/** References as seen from outside the document. */
function absolute(schema: Schema): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"api#/components/')) as object;
}
