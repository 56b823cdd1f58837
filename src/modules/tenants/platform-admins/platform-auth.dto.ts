import { IntegerField, TextField } from '../../../common/contracts/fields.js';
import { LowerCased } from '../../../common/contracts/input-rules.js';
import type { PlatformTokenPair } from './platform-admins.types.js';

export class PlatformLoginDto {
  @LowerCased() @TextField({ min: 1, max: 255, example: 'platform@tenantry.test' }) email!: string;

  @TextField({ min: 1, max: 1024, format: 'password', example: 'demo-password' }) password!: string;
}

export class PlatformRefreshDto {
  @TextField({ max: 200, description: 'The refresh token from the sign-in or the last refresh. It works once.' })
  refreshToken!: string;
}

export class PlatformLogoutDto {
  @TextField({
    max: 200,
    optional: true,
    description: 'The refresh token of the session. It is needed only if the access token has expired.',
  })
  refreshToken?: string;
}

export class PlatformTokensDto {
  @TextField() accessToken!: string;
  @TextField({ description: 'The refresh token. It works once: each refresh returns a new one.' })
  refreshToken!: string;
  @TextField({ example: 'Bearer' }) tokenType!: 'Bearer';
  @IntegerField({ example: 900, description: 'The time in seconds until the access token expires.' })
  expiresIn!: number;

  static of({ accessToken, refreshToken, expiresIn }: PlatformTokenPair): PlatformTokensDto {
    return { accessToken, refreshToken, tokenType: 'Bearer', expiresIn };
  }
}
