import { Injectable } from '@nestjs/common';
import { DiscoveryService } from '@nestjs/core';
import { type HandlesTasks, TaskHandlerMetadata } from './task-handler.js';

export interface RegisteredHandler {
  readonly task: string;
  readonly cron?: string;
  readonly handler: HandlesTasks;
}

@Injectable()
export class TaskRegistry {
  constructor(private readonly discovery: DiscoveryService) {}

  /** @throws Error when two providers handle the same task, or one has no `handle`. */
  all(): Map<string, RegisteredHandler> {
    const handlers = new Map<string, RegisteredHandler>();
    for (const wrapper of this.discovery.getProviders({ metadataKey: TaskHandlerMetadata.KEY })) {
      const metadata = this.discovery.getMetadataByDecorator(TaskHandlerMetadata, wrapper);
      const handler = wrapper.instance as HandlesTasks | undefined;
      if (!metadata) continue;
      if (typeof handler?.handle !== 'function') {
        throw new Error(`The handler of ${metadata.task} has no method "handle".`);
      }
      if (handlers.has(metadata.task)) throw new Error(`The task ${metadata.task} has two handlers.`);
      handlers.set(metadata.task, { ...metadata, handler });
    }
    return handlers;
  }
}
