import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DeliverEventJob } from './deliver-event.job.js';
import { EventSubscribers } from './event-subscribers.js';
import { EventsService } from './events.service.js';

@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [EventSubscribers, EventsService, DeliverEventJob],
  exports: [EventsService],
})
export class EventsModule {}
