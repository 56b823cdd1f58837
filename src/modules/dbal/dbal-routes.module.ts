import { Module } from '@nestjs/common';
import { EntitiesController } from './entities.controller.js';
import { OperationsController } from './operations.controller.js';

@Module({ controllers: [OperationsController, EntitiesController] })
export class DbalRoutesModule {}
