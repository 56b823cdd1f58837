import { LineField, TextField, TextListField, TimestampField, UuidField } from '../../../common/contracts/fields.js';
import { parseTimestamp } from '../../../common/values/timestamps.js';
import type { ApiKey, NewApiKey } from './api-keys.types.js';

export class CreateApiKeyDto {
  @LineField({ max: 100, example: 'Nightly export' }) name!: string;

  @TextListField({
    max: 100,
    unique: true,
    pattern: /^[a-z_]+(:[a-z_]+)+$/,
    optional: true,
    example: ['user:read'],
    description:
      'The permissions that the key is limited to; you must hold them yourself. Without this list, the key has every permission that a key of yours can hold.',
  })
  scopes?: string[];

  @TimestampField({
    optional: true,
    nullable: true,
    description: 'The time at which the key expires. Without one it never expires.',
  })
  expiresAt?: string | null;

  static toNewKey({ name, scopes = [], expiresAt }: CreateApiKeyDto): NewApiKey {
    return { name, scopes, expiresAt: parseTimestamp(expiresAt) ?? null };
  }
}

export class ApiKeyDto {
  @UuidField() id!: string;
  @TextField() name!: string;
  @TextField({ example: 'Zk3x_Q', description: 'The first characters of the secret part of the key.' }) prefix!: string;
  @TextListField({
    description:
      'The permissions that the key is limited to. An empty list means every permission that a key of its user can hold.',
  })
  scopes!: string[];
  @TimestampField({ nullable: true }) expiresAt!: string | null;
  @TimestampField({ nullable: true, description: 'The time of the last use, to the minute.' })
  lastUsedAt!: string | null;
  @TimestampField() createdAt!: string;

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
  @TextField({ description: 'The key, to be sent in the header X-API-Key. It is shown only in this response.' })
  key!: string;

  static ofCreated({ key, secret }: { key: ApiKey; secret: string }): CreatedApiKeyDto {
    return Object.assign(ApiKeyDto.of(key), { key: secret });
  }
}
