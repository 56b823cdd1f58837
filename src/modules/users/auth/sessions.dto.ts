import { BooleanField, TextField, TimestampField, UuidField } from '../../../common/contracts/fields.js';
import type { Actor } from '../../../common/identity/actor.js';
import type { LiveSession } from './sessions.types.js';

export class SessionDto {
  @UuidField() id!: string;
  @BooleanField({ description: 'Whether it is the session of this request.' }) current!: boolean;
  @TextField({ nullable: true }) ipAddress!: string | null;
  @TextField({ nullable: true }) userAgent!: string | null;
  @TimestampField({ description: 'The time at which the user signed in.' }) createdAt!: string;
  @TimestampField({ description: 'The time of the last sign-in or refresh.' }) lastActivityAt!: string;
  @TimestampField({ description: 'The time at which the session ends unless it is refreshed before.' })
  expiresAt!: string;

  static for(actor: Actor): (session: LiveSession) => SessionDto {
    return (session) => ({
      id: session.familyId,
      current: session.familyId === actor.sessionId,
      ipAddress: session.ipAddress,
      userAgent: session.userAgent,
      createdAt: session.createdAt.toISOString(),
      lastActivityAt: session.lastActivity.toISOString(),
      expiresAt: session.expiresAt.toISOString(),
    });
  }
}
