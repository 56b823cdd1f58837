import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsIn, IsLocale, IsOptional, IsString, IsTimeZone, IsUrl, Matches } from 'class-validator';
import { ApiFreeJson } from '../../common/json/api-free-json.js';
import { levelOf, ROLES, type Role } from '../../common/identity/roles.js';
import {
  ApiNewPassword,
  HasMaxLength,
  IsEmailAddress,
  IsNewPassword,
  IsOneLine,
  LowerCased,
  MayBeAbsent,
} from '../../common/contracts/input-rules.js';
import { ApiOmitted } from '../../common/http/omitted.js';
import { PageQuery, SortParameter } from '../../common/contracts/page.js';
import { IsFreeJsonObject, type JsonObject } from '../../common/json/json-object.js';
import { type ListedUser, USER_SORTS, USER_STATUSES, type User, type UserStatus } from './users.types.js';

/** 2 to 50 of a-z, 0-9, `_`, `.` and `-`, taken in lower case. Not `..`: usernames are keys in paths. */
export const IsUsername = (): PropertyDecorator =>
  applyDecorators(LowerCased(), Matches(/^(?!\.\.$)[a-z0-9_.-]{2,50}$/));

export class ListUsersQuery extends PageQuery {
  @ApiPropertyOptional({
    description: 'Returns only users whose username, e-mail address or names contain all these words.',
  })
  @IsOptional()
  @IsString()
  @HasMaxLength(100)
  search?: string;

  @ApiPropertyOptional({ enum: ROLES })
  @IsOptional()
  @IsIn(ROLES)
  role?: Role;

  @ApiPropertyOptional({ enum: USER_STATUSES })
  @IsOptional()
  @IsIn(USER_STATUSES)
  status?: UserStatus;

  @SortParameter(USER_SORTS)
  sort?: string;
}

export class CreateUserDto {
  @ApiProperty({ example: 'ada@example.com', description: 'Stored in lower case; unique in the tenant.' })
  @IsEmailAddress()
  email!: string;

  @ApiProperty({ example: 'ada', description: 'Stored in lower case; unique in the tenant.' })
  @IsUsername()
  username!: string;

  @ApiProperty({ enum: ROLES, example: 'member' })
  @IsIn(ROLES)
  role!: Role;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Ada' })
  @IsOptional()
  @IsOneLine(100)
  firstName?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Lovelace' })
  @IsOptional()
  @IsOneLine(100)
  lastName?: string | null;

  @ApiNewPassword({ required: false, description: 'The password. Without one the user is invited by mail.' })
  @MayBeAbsent()
  @IsNewPassword()
  password?: string;
}

export class UpdateUserDto {
  @ApiPropertyOptional()
  @MayBeAbsent()
  @IsEmailAddress()
  email?: string;

  @ApiPropertyOptional()
  @MayBeAbsent()
  @IsUsername()
  username?: string;

  @ApiPropertyOptional({ enum: ROLES })
  @MayBeAbsent()
  @IsIn(ROLES)
  role?: Role;

  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsOneLine(100)
  firstName?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsOneLine(100)
  lastName?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true })
  @IsOptional()
  @IsOneLine(200)
  displayName?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, format: 'uri' })
  @IsOptional()
  @IsUrl({ protocols: ['https', 'http'], require_protocol: true, require_tld: false })
  @HasMaxLength(2048)
  avatarUrl?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, maxLength: 2000 })
  @IsOptional()
  @IsString()
  @HasMaxLength(2000)
  bio?: string | null;

  @ApiPropertyOptional({ example: 'Europe/Paris' })
  @MayBeAbsent()
  @IsTimeZone()
  timezone?: string;

  @ApiPropertyOptional({ example: 'en' })
  @MayBeAbsent()
  @IsLocale()
  @HasMaxLength(35)
  locale?: string;

  @ApiFreeJson({ required: false, nullable: true, description: 'Any JSON object, which replaces the stored one.' })
  @IsOptional()
  @IsFreeJsonObject()
  preferences?: JsonObject | null;
}

export class UserDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() username!: string;
  @ApiProperty() email!: string;
  @ApiProperty({ type: String, nullable: true }) firstName!: string | null;
  @ApiProperty({ type: String, nullable: true }) lastName!: string | null;
  @ApiProperty({ type: String, nullable: true }) displayName!: string | null;
  @ApiProperty({ type: String, nullable: true }) avatarUrl!: string | null;
  @ApiProperty({ type: String, nullable: true }) bio!: string | null;
  @ApiProperty({ enum: ROLES }) role!: Role;
  @ApiProperty({ minimum: 1, maximum: 5, description: 'The level of the role, from 1 (viewer) to 5 (owner).' })
  level!: number;
  @ApiProperty({ enum: USER_STATUSES }) status!: UserStatus;
  @ApiProperty() timezone!: string;
  @ApiProperty() locale!: string;
  @ApiFreeJson() preferences!: JsonObject;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The time of the last sign-in. It is not covered by `version` and the ETag.',
  })
  lastLoginAt!: string | null;
  @ApiProperty() version!: number;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ format: 'date-time' }) updatedAt!: string;

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
  @ApiFreeJson({ nullable: true, description: 'The value is null when it is larger than 16 KiB.' })
  preferences!: JsonObject | null;
  @ApiOmitted() omitted?: string[];

  static of({ omitted, ...user }: ListedUser): ListedUserDto {
    return Object.assign(UserDto.of(user as User), omitted && { omitted });
  }
}
