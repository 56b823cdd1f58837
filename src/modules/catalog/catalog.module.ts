import { Module } from '@nestjs/common';
import { EventsController } from './events.controller.js';
import { PermissionsController } from './permissions.controller.js';

/** What modules declare, for those who configure: permissions and events. */
@Module({ controllers: [EventsController, PermissionsController] })
export class CatalogModule {}
