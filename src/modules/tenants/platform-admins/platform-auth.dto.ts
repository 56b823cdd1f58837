import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString } from 'class-validator';
import { HasLength, HasMaxLength, LowerCased, MayBeAbsent } from '../../../common/contracts/input-rules.js';
import type { PlatformTokenPair } from './platform-admins.types.js';

export class PlatformLoginDto {
  @ApiProperty({ example: 'platform@tenantry.test' })
  @LowerCased()
  @HasLength(1, 255)
  email!: string;

  @ApiProperty({ format: 'password', example: 'demo-password' })
  @IsString()
  @HasLength(1, 1024)
  password!: string;
}

export class PlatformRefreshDto {
  @ApiProperty({ description: 'The refresh token from the sign-in or the last refresh. It works once.' })
  @IsString()
  @HasMaxLength(200)
  refreshToken!: string;
}

export class PlatformLogoutDto {
  @ApiPropertyOptional({ description: 'The refresh token of the session, for when the access token has expired.' })
  @MayBeAbsent()
  @IsString()
  @HasMaxLength(200)
  refreshToken?: string;
}

export class PlatformTokensDto {
  @ApiProperty() accessToken!: string;
  @ApiProperty({ description: 'The refresh token. It works once: each refresh gives a new one.' })
  refreshToken!: string;
  @ApiProperty({ example: 'Bearer' }) tokenType!: 'Bearer';
  @ApiProperty({ type: 'integer', example: 900, description: 'The time in seconds until the access token expires.' })
  expiresIn!: number;

  static of({ accessToken, refreshToken, expiresIn }: PlatformTokenPair): PlatformTokensDto {
    return { accessToken, refreshToken, tokenType: 'Bearer', expiresIn };
  }
}
