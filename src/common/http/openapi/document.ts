import { STATUS_CODES } from 'node:http';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ProblemResponses } from './problem-responses.js';
import { ProblemSchema } from './problem.schema.js';
import { addBodyExample } from './body-examples.js';
import { describeFields } from './field-texts.js';
import { namesOf } from './operation-names.js';
import { describeParameters } from './parameter-texts.js';
import { permissionText } from './permission-text.js';
import { readRouteMetadata, type RouteMetadata } from './route-metadata.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = { name?: string };

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const DESCRIPTION = `
Sign in with \`POST /api/v1/auth/login\`, then press **Authorize** with the \`accessToken\`; programs send an API key instead.
The credential determines the tenant of a request. Before sign-in, and for platform administrators, it is named by \`X-Tenant-ID\`, \`X-Tenant-Slug\`,
the path form \`/api/v1/t/<slug or domain>/…\` or the host name.

Errors are problem details (RFC 9457) with a stable \`code\`. Unknown fields are refused. Lists take \`page\`, \`limit\` and \`sort\`,
append-only collections \`cursor\` and \`limit\`. Resources with a \`version\` have an \`ETag\`: send it as \`If-Match\`, so that no concurrent change is lost.
A \`POST\` with an \`Idempotency-Key\` may be repeated safely.

Clients can be generated from [this description as a document](/api/openapi.json) (OpenAPI 3.1).`.trim();

/** Creates the OpenAPI 3.1 description of all routes, including the problems that follow from their shape. */
export function createDocument(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Tenantry')
    .setDescription(DESCRIPTION)
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'JWT' }, 'bearer')
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-Key' }, 'apiKey')
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    operationIdFactory: (controller, method) => namesOf(controller, method).operationId,
    extraModels: [ProblemSchema],
  });
  const routes = readRouteMetadata(app);
  const problems = new ProblemResponses();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (!operation) continue;
      const route = routes.get(operation.operationId ?? '');
      if (path.startsWith('/api/')) complete(operation, method, problems, route);
      else completeProbe(operation, problems);
      if (route) addTexts(operation, route);
      describeParameters(path, operation);
      describeResponses(operation);
      addBodyExample(document, operation);
    }
  }
  describeFields(document);
  document.components = { ...document.components, responses: problems.components };
  return document;
}

function addTexts(operation: Operation, route: RouteMetadata): void {
  operation.summary = route.summary;
  operation.description = [route.description, permissionText(route)].filter(Boolean).join('\n\n');
}

/** Sets the description of responses without one to the reason phrase of their status. */
function describeResponses({ responses }: Operation): void {
  for (const [status, response] of Object.entries(responses)) {
    if (response && 'description' in response && !response.description) {
      response.description = STATUS_CODES[status] ?? status;
    }
  }
}

const NOT_MODIFIED = { description: 'The version named in `If-None-Match` is still current.' };

/** Probes have no version and no caller; the only problem they return is a malformed request. */
function completeProbe(operation: Operation, problems: ProblemResponses): void {
  operation.responses[304] = NOT_MODIFIED;
  operation.responses[400] = problems.refer(400);
}

/** Adds what follows from the shape of a route: security, common headers and problem responses. */
function complete(
  operation: Operation,
  method: (typeof METHODS)[number],
  problems: ProblemResponses,
  route?: RouteMetadata,
): void {
  const isPublic = route?.isPublic ?? false;
  operation.security = isPublic ? [] : [{ bearer: [] }, { apiKey: [] }];
  if (route?.permission) Object.assign(operation, { 'x-permission': route.permission });
  const parameters = (operation.parameters ??= []);
  if (method === 'post' && !isPublic && route?.takesIdempotencyKey) {
    parameters.push({
      name: 'Idempotency-Key',
      in: 'header',
      required: false,
      description:
        'Makes retries safe: for 24 hours, the same key with the same body returns the first response again.',
      schema: { type: 'string', maxLength: 255 },
    });
  }
  const declared = Object.keys(operation.responses).map(Number);
  if (method === 'get') operation.responses[304] = NOT_MODIFIED;
  for (const status of [...declared, ...problemStatuses(method, parameters as Parameter[], isPublic)]) {
    if (status >= 400) operation.responses[status] = problems.refer(status);
  }
}

/**
 * Any request may be malformed, or name a tenant that does not exist, is not active or is not the caller's. An
 * idempotency key whose request is still running gives 409; one that was used for a different request gives 422.
 */
function problemStatuses(method: string, parameters: Parameter[], isPublic: boolean): number[] {
  const takes = (header: string): boolean => parameters.some(({ name }) => name === header);
  return [
    400,
    ...(isPublic ? [] : [401]),
    403,
    404,
    ...(takes('Idempotency-Key') ? [409, 422] : []),
    ...(takes('If-Match') ? [412] : []),
    ...(method === 'get' ? [] : [413, 415]),
    429,
    503,
  ];
}
