import { applyDecorators, Injectable, type Type } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import type { Actor } from '../identity/actor.js';

/** Work on several entities at once, under a name. Runs in one transaction: what it throws undoes all of it. */
export interface Operation<Input extends object = object, Result = unknown> {
  /**
   * Called inside the tenant and inside a transaction, by somebody who holds the operation's permission, with valid input.
   * May run more than once, and may be undone for a dry run: outside effects go through jobs, events and `afterCommit`.
   * The result goes out as JSON.
   */
  execute(actor: Actor, input: Input): Promise<Result>;
}

export interface OperationOptions<Input extends object = object> {
  /** A verb and a noun in snake_case: `transfer_workflow`. */
  readonly name: string;
  /** For people, one sentence. */
  readonly description: string;
  /** Who may run it: a permission that a manifest declares. */
  readonly permission: string;
  /** The input's class, made of the fields of `contracts/fields.ts`, from which its JSON Schema is made. */
  readonly input: Type<Input>;
}

/** How the registry finds operations. */
export const DbalOperationMetadata = DiscoveryService.createDecorator<OperationOptions>();

/** Makes a provider an operation. Its file stands beside its module and ends in `.operation.ts`: it may use Prisma. */
export const DbalOperation = <Input extends object>(
  options: OperationOptions<Input>,
): (<Class extends Type<Operation<Input>>>(target: Class) => void) =>
  applyDecorators(Injectable(), DbalOperationMetadata(options)) as never;
