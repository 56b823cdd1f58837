import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { SwaggerModule } from '@nestjs/swagger';
import { createDocument } from './document.js';

export const REFERENCE_PATH = '/api/docs';
export const DOCUMENT_PATH = '/api/openapi.json';

/**
 * Serves the description at `/api/openapi.json` and a browsable page at `/api/docs` that loads nothing from other
 * hosts. The document is created on first use.
 */
export function serveReference(app: NestExpressApplication): void {
  app.use(REFERENCE_PATH, (_request: Request, response: Response, next: NextFunction) => {
    // RFC 8631: lets programs discover the description.
    response.setHeader('Link', `<${DOCUMENT_PATH}>; rel="service-desc"; type="application/json"`);
    next();
  });
  SwaggerModule.setup(REFERENCE_PATH, app, () => createDocument(app), {
    jsonDocumentUrl: DOCUMENT_PATH,
    raw: ['json'],
    customSiteTitle: 'Tenantry API',
    swaggerOptions: {
      // The default validator is a public web service, which would receive the document.
      validatorUrl: 'none',
      persistAuthorization: true,
      displayRequestDuration: true,
      docExpansion: 'none',
      defaultModelsExpandDepth: 0,
      tagsSorter: 'alpha',
    },
  });
}
