import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { StartupError } from '../errors/startup.error.js';
import { isPermission, undeclared } from '../identity/permissions.js';
import type { JsonObject } from '../json/json-object.js';
import { inputSchemaOf } from './input-schema.js';
import { DbalOperationMetadata, type Operation, type OperationOptions } from './operation.js';

export interface RegisteredOperation extends OperationOptions {
  readonly handler: Operation;
  /** JSON Schema of the input. */
  readonly schema: JsonObject;
}

const NAME = /^[a-z]+(_[a-z]+)*$/;

@Injectable()
export class OperationRegistry implements OnApplicationBootstrap {
  readonly #operations = new Map<string, RegisteredOperation>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error for an operation that could never run, which prevents the start. */
  onApplicationBootstrap(): void {
    for (const wrapper of this.discovery.getProviders({ metadataKey: DbalOperationMetadata.KEY })) {
      const options = this.discovery.getMetadataByDecorator(DbalOperationMetadata, wrapper);
      if (options) this.#add(options, wrapper.instance as Operation);
    }
  }

  find(name: string): RegisteredOperation | undefined {
    return this.#operations.get(name);
  }

  /** Sorted by name. */
  all(): RegisteredOperation[] {
    return [...this.#operations.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  #add(options: OperationOptions, handler: Operation): void {
    const { name, permission, input } = options;
    if (!NAME.test(name)) throw new Error(`The operation ${name} is not named in snake_case.`);
    if (this.#operations.has(name)) throw new Error(`There are two operations named ${name}.`);
    if (!isPermission(permission)) throw new StartupError([`The operation ${name} ${undeclared(permission)}`]);
    if (typeof handler?.execute !== 'function') throw new Error(`The operation ${name} has no method "execute".`);
    this.#operations.set(name, { ...options, handler, schema: inputSchemaOf(input) });
  }
}
