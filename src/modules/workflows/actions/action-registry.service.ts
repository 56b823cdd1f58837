import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { ActionMetadata, type ActionOptions, type WorkflowAction } from './workflow-action.js';

const NAME = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$/;

interface RegisteredAction extends ActionOptions {
  readonly action: WorkflowAction;
}

/** Collects all actions that modules contribute, by name. */
@Injectable()
export class ActionRegistry implements OnModuleInit {
  readonly #actions = new Map<string, RegisteredAction>();

  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error if a name is malformed or used twice, or a provider is not an action. */
  onModuleInit(): void {
    for (const wrapper of this.discovery.getProviders({ metadataKey: ActionMetadata.KEY })) {
      const { name, ...options } = this.discovery.getMetadataByDecorator(ActionMetadata, wrapper)!;
      const action = wrapper.instance as Partial<WorkflowAction>;
      if (!NAME.test(name)) throw new Error(`${name} is not a valid action name.`);
      if (this.#actions.has(name)) throw new Error(`There are two actions named ${name}.`);
      if (typeof action.run !== 'function' || typeof action.validate !== 'function') {
        throw new Error(`The action ${name} needs the methods "validate" and "run".`);
      }
      this.#actions.set(name, { ...options, action: action as WorkflowAction });
    }
  }

  /** Returns undefined if no module declares the name. */
  get(name: string): WorkflowAction | undefined {
    return this.#actions.get(name)?.action;
  }

  /** Returns false for unknown names. See `ActionOptions`. */
  isTransactional(name: string): boolean {
    return this.#actions.get(name)?.isTransactional ?? false;
  }

  /** Sorted. */
  names(): string[] {
    return [...this.#actions.keys()].sort();
  }
}
