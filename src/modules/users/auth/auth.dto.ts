import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, Matches } from 'class-validator';
import { HasLength, HasMaxLength, LowerCased, MayBeAbsent } from '../../../common/contracts/input-rules.js';
import { TENANT_STATUSES, type TenantStatus } from '../../tenants/tenants.types.js';
import { UserDto } from '../users.dto.js';
import type { SignedIn, TokenPair, WhoAmI } from './auth.types.js';

/** The tenant's slug, domain or id, where the request does not name it otherwise. */
export class InTenantDto {
  @ApiPropertyOptional({
    example: 'acme-corp',
    description:
      'The slug, domain or id of the tenant. It is optional when a header, the path or the host names the tenant.',
  })
  @MayBeAbsent()
  @LowerCased()
  @Matches(/^[a-z0-9.-]{3,253}$/)
  tenant?: string;
}

export class LoginDto extends InTenantDto {
  @ApiProperty({ example: 'owner@demo.test', description: 'The e-mail address or username of the user.' })
  @LowerCased()
  @HasLength(1, 255)
  identifier!: string;

  @ApiProperty({ format: 'password', example: 'demo-password' })
  @IsString()
  @HasLength(1, 1024)
  password!: string;
}

export class RefreshDto {
  @ApiProperty({ description: 'The refresh token from the sign-in or the last refresh. It works once.' })
  @IsString()
  @HasMaxLength(200)
  refreshToken!: string;
}

export class LogoutDto {
  @ApiPropertyOptional({ description: 'The refresh token of the session, for when the access token has expired.' })
  @MayBeAbsent()
  @IsString()
  @HasMaxLength(200)
  refreshToken?: string;
}

export class TokensDto {
  @ApiProperty() accessToken!: string;
  @ApiProperty({ description: 'The refresh token. It works once: each refresh gives a new one.' })
  refreshToken!: string;
  @ApiProperty({ example: 'Bearer' }) tokenType!: 'Bearer';
  @ApiProperty({ type: 'integer', example: 900, description: 'The time in seconds until the access token expires.' })
  expiresIn!: number;

  static of({ accessToken, refreshToken, expiresIn }: TokenPair): TokensDto {
    return { accessToken, refreshToken, tokenType: 'Bearer', expiresIn };
  }
}

export class SignedInDto extends TokensDto {
  @ApiProperty({ type: UserDto }) user!: UserDto;

  static override of(signedIn: SignedIn): SignedInDto {
    return Object.assign(TokensDto.of(signedIn), { user: UserDto.of(signedIn.user) });
  }
}

export class MyTenantDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ example: 'acme-corp' }) slug!: string;
  @ApiProperty({ example: 'Acme Corp' }) name!: string;
  @ApiProperty({ type: String, nullable: true }) domain!: string | null;
  @ApiProperty({ enum: TENANT_STATUSES }) status!: TenantStatus;
  @ApiProperty({ example: 'professional' }) plan!: string;
}

export class MyPlatformAdminDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() email!: string;
  @ApiProperty({ type: String, nullable: true }) name!: string | null;
}

export class MeDto {
  @ApiProperty({ enum: ['user', 'api_key', 'platform'], description: 'The kind of the caller.' })
  kind!: string;

  @ApiProperty({ type: UserDto, nullable: true, description: 'The user. Null for a platform administrator.' })
  user!: UserDto | null;

  @ApiProperty({
    type: MyPlatformAdminDto,
    nullable: true,
    description: 'The platform administrator. Null for a user of the tenant.',
  })
  platformAdmin!: MyPlatformAdminDto | null;

  @ApiProperty({ type: MyTenantDto }) tenant!: MyTenantDto;
  @ApiProperty({ type: [String], example: ['user:read'], description: 'The names of the permissions, sorted.' })
  permissions!: string[];

  static of({ actor, user, platformAdmin, tenant }: WhoAmI): MeDto {
    return {
      kind: actor.kind,
      user: user && UserDto.of(user),
      platformAdmin: platformAdmin && { id: platformAdmin.id, email: platformAdmin.email, name: platformAdmin.name },
      tenant: {
        id: tenant.id,
        slug: tenant.slug,
        name: tenant.name,
        domain: tenant.domain,
        status: tenant.status,
        plan: tenant.plan,
      },
      permissions: [...actor.permissions].sort(),
    };
  }
}
