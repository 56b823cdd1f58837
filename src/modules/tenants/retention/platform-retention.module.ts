import { Module } from '@nestjs/common';
import { PlatformRetentionRepository } from './platform-retention.repository.js';

@Module({ providers: [PlatformRetentionRepository] })
export class PlatformRetentionModule {}
