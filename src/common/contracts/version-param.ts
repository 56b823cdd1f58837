import { Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { InvalidInputError } from '../errors/app-error.js';

/** Fits the database's integers. */
const MAX_VERSION = 999_999_999;

/** The number of a version in the path. Anything else can never be found: 400. */
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
    // The pipe before has made a number of it, since that is the parameter's type.
    const version = Number(value);
    if (Number.isInteger(version) && version >= 1 && version <= MAX_VERSION) return version;
    throw new InvalidInputError('The version in the path is not valid.', [
      { pointer: `:${this.name}`, detail: 'Must be an integer of at least 1.', code: 'version' },
    ]);
  }
}
