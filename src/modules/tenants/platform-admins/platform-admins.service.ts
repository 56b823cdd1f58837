import { Injectable } from '@nestjs/common';
import { PasswordHasher } from '../../../common/auth/password-hasher.js';
import { NotFoundError } from '../../../common/errors/app-error.js';
import { normalizeSignInName } from '../../../common/values/email-address.js';
import { PlatformAdminsRepository } from './platform-admins.repository.js';
import type { PlatformAdmin } from './platform-admins.types.js';

@Injectable()
export class PlatformAdminsService {
  constructor(
    private readonly admins: PlatformAdminsRepository,
    private readonly passwords: PasswordHasher,
  ) {}

  /** @throws NotFoundError `platform_admin.not_found`. */
  async get(id: string): Promise<PlatformAdmin> {
    const admin = await this.admins.findById(id);
    if (!admin) throw new NotFoundError('platform_admin');
    return admin;
  }

  /**
   * Creates a platform admin unless one with that address exists, whose password is left unchanged. Safe when several
   * processes do it at once. Returns whether it created one.
   */
  async ensure(email: string, password: string): Promise<boolean> {
    const address = normalizeSignInName(email);
    if (await this.admins.exists(address)) return false;
    return this.admins.createIfMissing(address, await this.passwords.hash(password));
  }
}
