import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { InvalidInputError } from '../errors/app-error.js';
import { isUuid } from '../tenancy/is-uuid.js';

/**
 * A UUID in the path, converted to lower case. Anything else cannot exist and gives 400.
 * @param description for the API description; derived from the path by default.
 */
export const IdParam =
  (name = 'id', description?: string): ParameterDecorator =>
  (target, key, index) => {
    Param(name, new UuidPipe(name))(target, key, index);
    const descriptor = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    if (!key || !descriptor) return;
    const schema = { type: 'string', format: 'uuid' };
    ApiParam({ name, schema, ...(description && { description }) })(target, key, descriptor);
  };

export function invalidId(name: string): InvalidInputError {
  return new InvalidInputError('The id in the path is not valid.', [
    { pointer: `:${name}`, detail: 'Must be a UUID.', code: 'uuid' },
  ]);
}

class UuidPipe implements PipeTransform {
  constructor(private readonly name: string) {}

  transform(value: unknown): string {
    if (isUuid(value)) return value.toLowerCase();
    throw invalidId(this.name);
  }
}
