import { ApiProperty } from '@nestjs/swagger';
import type { Actor } from '../../../common/identity/actor.js';
import type { LiveSession } from './sessions.types.js';

export class SessionDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ description: 'Whether it is the session of this request.' }) current!: boolean;
  @ApiProperty({ type: String, nullable: true }) ipAddress!: string | null;
  @ApiProperty({ type: String, nullable: true }) userAgent!: string | null;
  @ApiProperty({ format: 'date-time', description: 'The time at which the user signed in.' }) createdAt!: string;
  @ApiProperty({ format: 'date-time', description: 'The time of the last sign-in or refresh.' })
  lastActivityAt!: string;
  @ApiProperty({
    format: 'date-time',
    description: 'The time at which the session ends unless it is refreshed before.',
  })
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
