import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString } from 'class-validator';
import { ApiNewPassword, HasMaxLength, IsNewPassword, MayBeAbsent } from '../../../common/contracts/input-rules.js';
import { PageQuery } from '../../../common/contracts/page.js';
import { CreateUserDto, IsUsername, UserDto } from '../users.dto.js';
import type { User } from '../users.types.js';
import { type Invitation, INVITATION_STATUSES, type InvitationStatus, statusOf } from './invitations.types.js';

export class InviteUserDto extends OmitType(CreateUserDto, ['username', 'password'] as const) {
  @ApiPropertyOptional({
    example: 'ada',
    description: 'The username. When it is absent it is derived from the e-mail address.',
  })
  @MayBeAbsent()
  @IsUsername()
  username?: string;
}

export class AcceptInvitationDto {
  @ApiProperty({ description: 'The token from the mail.' })
  @IsString()
  @HasMaxLength(200)
  token!: string;

  @ApiNewPassword()
  @IsNewPassword()
  password!: string;
}

export class ListInvitationsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: INVITATION_STATUSES })
  @IsOptional()
  @IsIn(INVITATION_STATUSES)
  status?: InvitationStatus;
}

export class InvitationDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({
    enum: INVITATION_STATUSES,
    description: 'The status of the invitation. It is `revoked` also when a newer invitation replaced it.',
  })
  status!: InvitationStatus;
  @ApiProperty({
    type: String,
    format: 'uuid',
    nullable: true,
    description: 'The id of the actor. Null when the application acted by itself.',
  })
  invitedBy!: string | null;
  @ApiProperty({ format: 'date-time' }) expiresAt!: string;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) acceptedAt!: string | null;
  @ApiProperty({ type: String, format: 'date-time', nullable: true }) revokedAt!: string | null;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: UserDto }) user!: UserDto;

  static of({ invitation, user }: { invitation: Invitation; user: User }): InvitationDto {
    return {
      id: invitation.id,
      status: statusOf(invitation),
      invitedBy: invitation.invitedBy,
      expiresAt: invitation.expiresAt.toISOString(),
      acceptedAt: invitation.acceptedAt?.toISOString() ?? null,
      revokedAt: invitation.revokedAt?.toISOString() ?? null,
      createdAt: invitation.createdAt.toISOString(),
      user: UserDto.of(user),
    };
  }
}
