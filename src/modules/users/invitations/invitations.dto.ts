import { ApiProperty, ApiPropertyOptional, OmitType } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { ApiNewPassword, IsNewPassword, MayBeAbsent } from '../../../common/http/input-rules.js';
import { CreateUserDto, IsUsername, UserDto } from '../users.dto.js';
import type { User } from '../users.types.js';
import type { Invitation } from './invitations.types.js';

export class InviteUserDto extends OmitType(CreateUserDto, ['username', 'password'] as const) {
  @ApiPropertyOptional({ example: 'ada', description: 'Made from the e-mail address when absent.' })
  @MayBeAbsent()
  @IsUsername()
  username?: string;
}

export class AcceptInvitationDto {
  @ApiProperty({ description: 'As mailed.' })
  @IsString()
  @MaxLength(200)
  token!: string;

  @ApiNewPassword()
  @IsNewPassword()
  password!: string;
}

export class InvitationDto {
  @ApiProperty({ format: 'uuid' }) id!: string;
  @ApiProperty({ format: 'date-time' }) expiresAt!: string;
  @ApiProperty({ format: 'date-time' }) createdAt!: string;
  @ApiProperty({ type: UserDto }) user!: UserDto;

  static of({ invitation, user }: { invitation: Invitation; user: User }): InvitationDto {
    return {
      id: invitation.id,
      expiresAt: invitation.expiresAt.toISOString(),
      createdAt: invitation.createdAt.toISOString(),
      user: UserDto.of(user),
    };
  }
}
