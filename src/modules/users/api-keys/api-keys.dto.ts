import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsOptional, Matches } from 'class-validator';
import { IsOneLine, IsTimestamp, MayBeAbsent } from '../../../common/contracts/input-rules.js';
import { parseTimestamp } from '../../../common/values/timestamps.js';
import type { ApiKey, NewApiKey } from './api-keys.types.js';

export class CreateApiKeyDto {
  @ApiProperty({ example: 'Nightly export' })
  @IsOneLine(100)
  name!: string;

  @ApiPropertyOptional({
    type: [String],
    example: ['user:read'],
    description:
      'The permissions that the key is limited to; you must hold them yourself. Without any, the key holds all that a key of yours can.',
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(100)
  @ArrayUnique()
  @Matches(/^[a-z_]+(:[a-z_]+)+$/, { each: true })
  scopes?: string[];

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The time at which the key expires. Without one it never expires.',
  })
  @IsOptional()
  @IsTimestamp()
  expiresAt?: string | null;

  static toNewKey({ name, scopes = [], expiresAt }: CreateApiKeyDto): NewApiKey {
    return { name, scopes, expiresAt: parseTimestamp(expiresAt) ?? null };
  }
}

export class ApiKeyDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty() name!: string;
  @ApiProperty({ example: 'Zk3x_Q', description: 'The first characters of the secret part of the key.' })
  prefix!: string;
  @ApiProperty({
    type: [String],
    description: 'The permissions that the key is limited to. An empty list means all that a key of its user can hold.',
  })
  scopes!: string[];
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) expiresAt!: string | null;
  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'The time of the last use, to the minute.',
  })
  lastUsedAt!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;

  static of(key: ApiKey): ApiKeyDto {
    return {
      id: key.id,
      name: key.name,
      prefix: key.prefix,
      scopes: key.scopes,
      expiresAt: key.expiresAt?.toISOString() ?? null,
      lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
      createdAt: key.createdAt.toISOString(),
    };
  }
}

export class CreatedApiKeyDto extends ApiKeyDto {
  @ApiProperty({ description: 'The key, to be sent in the header X-API-Key. It is shown in this answer only.' })
  key!: string;

  static ofCreated({ key, secret }: { key: ApiKey; secret: string }): CreatedApiKeyDto {
    return Object.assign(ApiKeyDto.of(key), { key: secret });
  }
}
