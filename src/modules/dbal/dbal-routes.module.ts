import { Module } from '@nestjs/common';
import './dbal.permissions.js';
import { OperationsController } from './operations.controller.js';

@Module({ controllers: [OperationsController] })
export class DbalRoutesModule {}
