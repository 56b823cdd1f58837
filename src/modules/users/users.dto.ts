import { OmitType } from '@nestjs/swagger';
import { IsLocale, IsTimeZone, IsUrl } from 'class-validator';
import {
  EmailField,
  EnumField,
  type FieldOptions,
  JsonObjectField,
  LineField,
  NewPasswordField,
  NumberField,
  PatternField,
  ruledField,
  TextField,
  TimestampField,
  UuidField,
} from '../../common/contracts/fields.js';
import { levelOf, ROLES, type Role } from '../../common/identity/roles.js';
import { OmittedField } from '../../common/http/omitted.js';
import { PageQuery, SortParameter } from '../../common/contracts/page.js';
import type { JsonObject } from '../../common/json/json-object.js';
import { type ListedUser, USER_SORTS, USER_STATUSES, type User, type UserStatus } from './users.types.js';

/**
 * 2 to 50 characters of a-z, 0-9, `_`, `.` and `-`, converted to lower case. Not `..`, because usernames are used in
 * paths.
 */
export const UsernameField = (options: FieldOptions = {}): PropertyDecorator =>
  PatternField(/^(?!\.\.$)[a-z0-9_.-]{2,50}$/, { lowerCased: true, ...options });

export class ListUsersQuery extends PageQuery {
  @TextField({
    max: 100,
    optional: true,
    description: 'Returns only users whose username, email address or names contain all these words.',
  })
  search?: string;

  @EnumField(ROLES, { optional: true }) role?: Role;
  @EnumField(USER_STATUSES, { optional: true }) status?: UserStatus;

  @SortParameter(USER_SORTS)
  sort?: string;
}

export class CreateUserDto {
  @EmailField({
    example: 'ada@example.com',
    description: 'The email address, which is unique in the tenant. It is stored in lower case.',
  })
  email!: string;

  @UsernameField({
    example: 'ada',
    description: 'The username, which is unique in the tenant. It is stored in lower case.',
  })
  username!: string;

  @EnumField(ROLES, { example: 'member' }) role!: Role;
  @LineField({ max: 100, optional: true, nullable: true, example: 'Ada' }) firstName?: string | null;
  @LineField({ max: 100, optional: true, nullable: true, example: 'Lovelace' }) lastName?: string | null;

  @NewPasswordField({ optional: true, description: 'The password. Without one, the user is invited by email.' })
  password?: string;
}

export class UpdateUserDto {
  @EmailField({ optional: true }) email?: string;
  @UsernameField({ optional: true }) username?: string;
  @EnumField(ROLES, { optional: true }) role?: Role;
  @LineField({ max: 100, optional: true, nullable: true }) firstName?: string | null;
  @LineField({ max: 100, optional: true, nullable: true }) lastName?: string | null;
  @LineField({ max: 200, optional: true, nullable: true }) displayName?: string | null;

  @IsUrl({ protocols: ['https', 'http'], require_protocol: true, require_tld: false })
  @TextField({ max: 2048, optional: true, nullable: true, format: 'uri' })
  avatarUrl?: string | null;

  @TextField({ max: 2000, optional: true, nullable: true }) bio?: string | null;
  @ruledField({ type: String }, { optional: true, example: 'Europe/Paris' }, IsTimeZone()) timezone?: string;
  @IsLocale() @TextField({ max: 35, optional: true, example: 'en' }) locale?: string;

  @JsonObjectField({ optional: true, nullable: true, description: 'Any JSON object, which replaces the stored one.' })
  preferences?: JsonObject | null;
}

export class UserDto {
  @UuidField() id!: string;
  @TextField() username!: string;
  @TextField() email!: string;
  @TextField({ nullable: true }) firstName!: string | null;
  @TextField({ nullable: true }) lastName!: string | null;
  @TextField({ nullable: true }) displayName!: string | null;
  @TextField({ nullable: true }) avatarUrl!: string | null;
  @TextField({ nullable: true }) bio!: string | null;
  @EnumField(ROLES) role!: Role;
  @NumberField({ min: 1, max: 5, description: 'The level of the role, from 1 (viewer) to 5 (owner).' }) level!: number;
  @EnumField(USER_STATUSES) status!: UserStatus;
  @TextField() timezone!: string;
  @TextField() locale!: string;
  @JsonObjectField() preferences!: JsonObject;
  @TimestampField({
    nullable: true,
    description: 'The time of the last sign-in. It is not covered by `version` and the ETag.',
  })
  lastLoginAt!: string | null;
  @NumberField() version!: number;
  @TimestampField() createdAt!: string;
  @TimestampField() updatedAt!: string;

  static of(user: User): UserDto {
    return {
      id: user.id,
      username: user.username,
      email: user.email,
      firstName: user.firstName,
      lastName: user.lastName,
      displayName: user.displayName,
      avatarUrl: user.avatarUrl,
      bio: user.bio,
      role: user.role,
      level: levelOf(user.role),
      status: user.status,
      timezone: user.timezone,
      locale: user.locale,
      preferences: user.preferences,
      lastLoginAt: user.lastLoginAt?.toISOString() ?? null,
      version: user.version,
      createdAt: user.createdAt.toISOString(),
      updatedAt: user.updatedAt.toISOString(),
    };
  }
}

export class ListedUserDto extends OmitType(UserDto, ['preferences'] as const) {
  @JsonObjectField({ nullable: true, description: 'The value is null when it is larger than 16 KiB.' })
  preferences!: JsonObject | null;
  @OmittedField() omitted?: string[];

  static of({ omitted, ...user }: ListedUser): ListedUserDto {
    return Object.assign(UserDto.of(user as User), omitted && { omitted });
  }
}
