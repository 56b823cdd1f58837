import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DeliverEventTask } from './deliver-event.task.js';
import { EventSubscribers } from './event-subscribers.js';
import { EventsService } from './events.service.js';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [EventSubscribers, EventsService, DeliverEventTask],
  exports: [EventsService],
})
export class EventsModule {}
