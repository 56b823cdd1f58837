import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, getSchemaPath } from '@nestjs/swagger';
import { CursorMeta, PageMeta } from '../../contracts/page.js';

/** Documents the response of a list: `{data: [item], meta}`. */
export const ApiPage = (item: Type): MethodDecorator => listOf(item, PageMeta);

/** Documents the response of an append-only collection. */
export const ApiCursorPage = (item: Type): MethodDecorator => listOf(item, CursorMeta);

function listOf(item: Type, meta: Type): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(item, meta),
    ApiOkResponse({
      schema: {
        type: 'object',
        required: ['data', 'meta'],
        properties: {
          data: { type: 'array', items: { $ref: getSchemaPath(item) } },
          meta: { $ref: getSchemaPath(meta) },
        },
      },
    }),
  );
}
