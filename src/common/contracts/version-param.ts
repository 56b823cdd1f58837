import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { InvalidInputError } from '../errors/app-error.js';

/** Fits in the database's integers. */
const MAX_VERSION = 999_999_999;

/** A version number in the path. Anything else cannot exist and gives 400. */
export const VersionParam =
  (name: string): ParameterDecorator =>
  (target, key, index) => {
    Param(name, new VersionPipe(name))(target, key, index);
    const descriptor = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    if (key && descriptor) {
      const description = 'The number of a version.';
      ApiParam({ name, description, schema: { type: 'integer', minimum: 1 } })(target, key, descriptor);
    }
  };

class VersionPipe implements PipeTransform {
  constructor(private readonly name: string) {}

  transform(value: unknown): number {
    // The global pipe has already converted the value, because the parameter's type is a number.
    const version = Number(value);
    if (Number.isInteger(version) && version >= 1 && version <= MAX_VERSION) return version;
    throw new InvalidInputError('The version in the path is not valid.', [
      { pointer: `:${this.name}`, detail: 'Must be an integer of at least 1.', code: 'version' },
    ]);
  }
}
