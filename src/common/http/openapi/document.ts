import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { ProblemResponses } from './problem-responses.js';
import { ProblemSchema } from './problem.schema.js';
import { operationIdOf, readRouteMetadata, type RouteMetadata } from './route-metadata.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Parameter = { name?: string; in?: string };

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const DESCRIPTION = `
Sign in with \`POST /api/v1/auth/login\`, then press **Authorize** with the \`accessToken\`; programs send an API key instead.
The credential says which tenant a request works for. Before sign-in, and for platform administrators, \`X-Tenant-ID\`, \`X-Tenant-Slug\`,
the path form \`/api/v1/t/<slug or domain>/…\` or the host name do.

Errors are problem details (RFC 9457) with a stable \`code\`. Unknown fields are refused. Lists take \`page\`, \`limit\` and \`sort\`,
append-only collections \`cursor\` and \`limit\`. Resources with a \`version\` have an \`ETag\`: send it as \`If-Match\` and nobody's change gets lost.
A \`POST\` with an \`Idempotency-Key\` may be repeated safely.`.trim();

/** The OpenAPI 3.1 description of all routes, with the problems each can answer by its form. */
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
    operationIdFactory: operationIdOf,
    extraModels: [ProblemSchema],
  });
  const routes = readRouteMetadata(app);
  const problems = new ProblemResponses();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      const route = routes.get(operation?.operationId ?? '');
      // Probes have no version and no problems: their answers are those of health checks.
      if (operation && path.startsWith('/api/')) complete(operation, method, problems, route);
    }
  }
  document.components = { ...document.components, responses: problems.components };
  return document;
}

/** Adds what follows from a route's form: its security, the headers every such route takes, and its problems. */
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
      schema: { type: 'string', maxLength: 255 },
    });
  }
  const declared = Object.keys(operation.responses).map(Number);
  for (const status of [...declared, ...problemStatuses(operation, parameters as Parameter[], isPublic)]) {
    if (status >= 400) operation.responses[status] = problems.refer(status);
  }
}

function problemStatuses(operation: Operation, parameters: Parameter[], isPublic: boolean): number[] {
  const has = (place: string): boolean => parameters.some((parameter) => parameter.in === place);
  const takesInput = operation.requestBody !== undefined || has('query') || has('path');
  return [
    ...(takesInput ? [400] : []),
    ...(isPublic ? [] : [401, 403]),
    ...(has('path') ? [404] : []),
    ...(parameters.some(({ name }) => name === 'If-Match') ? [412] : []),
    ...(operation.requestBody !== undefined ? [413, 415] : []),
    429,
    503,
  ];
}
