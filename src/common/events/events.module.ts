import { Global, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { DeliverEventJob } from './deliver-event.job.js';
import { EventSubscribers } from './event-subscribers.js';
import { EventsController } from '../../modules/catalog/events.controller.js';
import { EventsService } from './events.service.js';

@Global()
@Module({
  imports: [DiscoveryModule],
  controllers: [EventsController],
  providers: [EventSubscribers, EventsService, DeliverEventJob],
  exports: [EventsService],
})
export class EventsModule {}
