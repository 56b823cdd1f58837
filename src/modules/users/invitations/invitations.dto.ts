import { OmitType } from '@nestjs/swagger';
import {
  EnumField,
  NewPasswordField,
  ObjectField,
  TextField,
  TimestampField,
  UuidField,
} from '../../../common/contracts/fields.js';
import { PageQuery } from '../../../common/contracts/page.js';
import { CreateUserDto, UserDto, UsernameField } from '../users.dto.js';
import type { User } from '../users.types.js';
import { type Invitation, INVITATION_STATUSES, type InvitationStatus, statusOf } from './invitations.types.js';

export class InviteUserDto extends OmitType(CreateUserDto, ['username', 'password'] as const) {
  @UsernameField({
    optional: true,
    example: 'ada',
    description: 'The username. When it is absent, it is derived from the email address.',
  })
  username?: string;
}

export class AcceptInvitationDto {
  @TextField({ max: 200, description: 'The token from the email.' }) token!: string;
  @NewPasswordField() password!: string;
}

export class ListInvitationsQuery extends PageQuery {
  @EnumField(INVITATION_STATUSES, { optional: true }) status?: InvitationStatus;
}

export class InvitationDto {
  @UuidField() id!: string;
  @EnumField(INVITATION_STATUSES, {
    description: 'The status of the invitation. It is also `revoked` when a newer invitation has replaced it.',
  })
  status!: InvitationStatus;
  @UuidField({ nullable: true, description: 'The id of the actor. Null when the application acted by itself.' })
  invitedBy!: string | null;
  @TimestampField() expiresAt!: string;
  @TimestampField({ nullable: true }) acceptedAt!: string | null;
  @TimestampField({ nullable: true }) revokedAt!: string | null;
  @TimestampField() createdAt!: string;
  @ObjectField(UserDto) user!: UserDto;

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
