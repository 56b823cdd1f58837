import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsString } from 'class-validator';
import {
  ApiNewPassword,
  HasLength,
  HasMaxLength,
  IsNewPassword,
  LowerCased,
  MayBeAbsent,
} from '../../../common/contracts/input-rules.js';
import { InTenantDto } from './auth.dto.js';

export class ChangePasswordDto {
  @ApiProperty({ format: 'password' })
  @IsString()
  @HasLength(1, 1024)
  currentPassword!: string;

  @ApiNewPassword()
  @IsNewPassword()
  newPassword!: string;

  @ApiPropertyOptional({
    type: Boolean,
    default: false,
    description: 'Whether your API keys are revoked, too. Use it when somebody else may have known the password.',
  })
  @MayBeAbsent()
  @IsBoolean()
  endApiKeys?: boolean;
}

export class ForgotPasswordDto extends InTenantDto {
  @ApiProperty({ example: 'owner@demo.test', description: 'The e-mail address or username of the user.' })
  @LowerCased()
  @HasLength(1, 255)
  identifier!: string;
}

export class ResetPasswordDto {
  @ApiProperty({ description: 'The token from the mail.' })
  @IsString()
  @HasMaxLength(200)
  token!: string;

  @ApiNewPassword()
  @IsNewPassword()
  password!: string;
}
