import { Module } from '@nestjs/common';
import { UsersRetentionRepository } from './users-retention.repository.js';

@Module({ providers: [UsersRetentionRepository] })
export class UsersRetentionModule {}
