import { Module } from '@nestjs/common';
import './dbal.permissions.js';
import { EntitiesController } from './entities.controller.js';
import { OperationsController } from './operations.controller.js';

@Module({ controllers: [OperationsController, EntitiesController] })
export class DbalRoutesModule {}
