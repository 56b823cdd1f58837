import { applyDecorators, Injectable, type Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../identity/actor.js';

/** Named work on several entities in one transaction: an error rolls back everything. */
export interface Operation<Input extends object = object, Result = unknown> {
  /**
   * Called inside the tenant and a transaction, after permission and input were checked. May run more than once and may
   * be rolled back for a dry run, so external side effects must use tasks, events or `afterCommit`. The result is sent
   * as JSON.
   */
  execute(actor: Actor, input: Input): Promise<Result>;
}

export interface OperationOptions<Input extends object = object> {
  /** Verb and noun in snake_case: `transfer_workflow`. */
  readonly name: string;
  /** One sentence for people. */
  readonly description: string;
  /** The required permission, declared in a manifest. */
  readonly permission: string;
  /** The input class, built from the fields of `contracts/fields.ts`; its JSON Schema is derived from them. */
  readonly input: Type<Input>;
}

/** Metadata by which the registry discovers operations. */
export const DbalOperationMetadata = DiscoveryService.createDecorator<OperationOptions>();

/**
 * Registers a provider as an operation. Its file is beside its module and ends in `.operation.ts`, which allows it to
 * use Prisma.
 */
export const DbalOperation = <Input extends object>(
  options: OperationOptions<Input>,
): (<Class extends Type<Operation<Input>>>(target: Class) => void) =>
  applyDecorators(Injectable(), DbalOperationMetadata(options)) as never;
