import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Config } from '../../common/config/config.js';
import { PlatformAdminsService } from './platform-admins/platform-admins.service.js';

/** Creates the platform admin named in the environment at start; an existing one keeps its password. */
@Injectable()
export class FirstPlatformAdmin implements OnApplicationBootstrap {
  private readonly logger = new Logger(FirstPlatformAdmin.name);

  constructor(
    private readonly config: Config,
    private readonly admins: PlatformAdminsService,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const { PLATFORM_ADMIN_EMAIL: email, PLATFORM_ADMIN_PASSWORD: password } = this.config;
    if (!email || !password) return;
    if (await this.admins.ensure(email, password)) this.logger.log(`Created the platform admin ${email}.`);
  }
}
