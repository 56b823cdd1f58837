import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { ChangeLog } from './change-log.js';
import { DeliverEventTask } from './deliver-event.task.js';
import { EventSubscribers } from './event-subscribers.js';
import { EventsService } from './events.service.js';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [EventSubscribers, EventsService, ChangeLog, DeliverEventTask],
  exports: [EventsService, ChangeLog],
})
export class EventsModule {}
