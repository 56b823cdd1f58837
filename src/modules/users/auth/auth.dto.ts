import {
  EnumField,
  IntegerField,
  ObjectField,
  PatternField,
  TextField,
  TextListField,
  UuidField,
} from '../../../common/contracts/fields.js';
import { LowerCased } from '../../../common/contracts/input-rules.js';
import { TENANT_STATUSES, type TenantStatus } from '../../tenants/tenants.types.js';
import { UserDto } from '../users.dto.js';
import type { SignedIn, TokenPair, WhoAmI } from './auth.types.js';

/** The tenant's slug, domain or id, needed if the request does not identify the tenant otherwise. */
export class InTenantDto {
  @PatternField(/^[a-z0-9.-]{3,253}$/, {
    lowerCased: true,
    optional: true,
    example: 'acme-corp',
    description:
      'The slug, domain or id of the tenant. It is optional when a header, the path or the host names the tenant.',
  })
  tenant?: string;
}

export class LoginDto extends InTenantDto {
  @LowerCased()
  @TextField({
    min: 1,
    max: 255,
    example: 'owner@demo.test',
    description: 'The email address or username of the user.',
  })
  identifier!: string;

  @TextField({ min: 1, max: 1024, format: 'password', example: 'demo-password' }) password!: string;
}

export class RefreshDto {
  @TextField({ max: 200, description: 'The refresh token from the sign-in or the last refresh. It works once.' })
  refreshToken!: string;
}

export class LogoutDto {
  @TextField({
    max: 200,
    optional: true,
    description: 'The refresh token of the session. It is needed only if the access token has expired.',
  })
  refreshToken?: string;
}

export class TokensDto {
  @TextField() accessToken!: string;
  @TextField({ description: 'The refresh token. It works once: each refresh returns a new one.' })
  refreshToken!: string;
  @TextField({ example: 'Bearer' }) tokenType!: 'Bearer';
  @IntegerField({ example: 900, description: 'The time in seconds until the access token expires.' })
  expiresIn!: number;

  static of({ accessToken, refreshToken, expiresIn }: TokenPair): TokensDto {
    return { accessToken, refreshToken, tokenType: 'Bearer', expiresIn };
  }
}

export class SignedInDto extends TokensDto {
  @ObjectField(UserDto) user!: UserDto;

  static override of(signedIn: SignedIn): SignedInDto {
    return Object.assign(TokensDto.of(signedIn), { user: UserDto.of(signedIn.user) });
  }
}

export class MyTenantDto {
  @UuidField() id!: string;
  @TextField({ example: 'acme-corp' }) slug!: string;
  @TextField({ example: 'Acme Corp' }) name!: string;
  @TextField({ nullable: true }) domain!: string | null;
  @EnumField(TENANT_STATUSES) status!: TenantStatus;
  @TextField({ example: 'professional' }) plan!: string;
}

export class MyPlatformAdminDto {
  @UuidField() id!: string;
  @TextField() email!: string;
  @TextField({ nullable: true }) name!: string | null;
}

export class MeDto {
  @EnumField(['user', 'api_key', 'platform'], { description: 'The kind of the caller.' }) kind!: string;

  @ObjectField(UserDto, { nullable: true, description: 'The user. Null for a platform administrator.' })
  user!: UserDto | null;

  @ObjectField(MyPlatformAdminDto, {
    nullable: true,
    description: 'The platform administrator. Null for a user of the tenant.',
  })
  platformAdmin!: MyPlatformAdminDto | null;

  @ObjectField(MyTenantDto) tenant!: MyTenantDto;
  @TextListField({ example: ['user:read'], description: 'The names of the permissions, sorted.' })
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
