import { ApiProperty, type ApiPropertyOptions } from '@nestjs/swagger';

/** An object of any keys and values. Without `additionalProperties` generated clients would take it for one that has no keys. */
const FREE_JSON = { type: 'object', additionalProperties: true } as const;

/** Documents a property as a JSON object whose members are nobody's business here. @param options `required: false` for what may be absent. */
export const ApiFreeJson = (options: ApiPropertyOptions = {}): PropertyDecorator =>
  ApiProperty({ ...options, ...FREE_JSON } as ApiPropertyOptions);
