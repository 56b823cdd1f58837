import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import { SwaggerModule } from '@nestjs/swagger';
import { createDocument } from './document.js';

export const REFERENCE_PATH = '/api/docs';
export const DOCUMENT_PATH = '/api/openapi.json';

/** The description at `/api/openapi.json` and, browsable without any other host, at `/api/docs`. Made on first use. */
export function serveReference(app: NestExpressApplication): void {
  app.use(REFERENCE_PATH, (_request: Request, response: Response, next: NextFunction) => {
    // RFC 8631: where programs find the description.
    response.setHeader('Link', `<${DOCUMENT_PATH}>; rel="service-desc"; type="application/json"`);
    next();
  });
  SwaggerModule.setup(REFERENCE_PATH, app, () => createDocument(app), {
    jsonDocumentUrl: DOCUMENT_PATH,
    raw: ['json'],
    customSiteTitle: 'Tenantry API',
    swaggerOptions: {
      // The default validator is a public web service.
      validatorUrl: 'none',
      persistAuthorization: true,
      displayRequestDuration: true,
      docExpansion: 'none',
      defaultModelsExpandDepth: 0,
      tagsSorter: 'alpha',
    },
  });
}
