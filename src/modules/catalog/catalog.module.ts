import { Module } from '@nestjs/common';
import { EventsController } from './events.controller.js';
import { PermissionsController } from './permissions.controller.js';

/** Lists the permissions and events that modules declare, for people who configure keys and workflows. */
@Module({ controllers: [EventsController, PermissionsController] })
export class CatalogModule {}
