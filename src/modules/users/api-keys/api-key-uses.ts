import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ApiKeyUsage } from '../../../common/auth/api-key-usage.js';
import { ApiKeysRepository } from './api-keys.repository.js';

/** Lets request authentication record when a key was last used. */
@Injectable()
export class ApiKeyUses implements OnModuleInit {
  constructor(
    private readonly usage: ApiKeyUsage,
    private readonly keys: ApiKeysRepository,
  ) {}

  onModuleInit(): void {
    this.usage.noteBy((apiKeyId) => this.keys.noteUse(apiKeyId));
  }
}
