import { Module } from '@nestjs/common';
import { ScheduleService } from './schedule.service.js';
import { SchedulesRepository } from './schedules.repository.js';

/** Apart from the runs, because workflows, which runs are made of, need it. */
@Module({ providers: [ScheduleService, SchedulesRepository], exports: [ScheduleService, SchedulesRepository] })
export class ScheduleModule {}
