import { ApiProperty } from '@nestjs/swagger';
import { IsString, Length, MaxLength } from 'class-validator';
import { ApiNewPassword, IsNewPassword, LowerCased } from '../../../common/http/input-rules.js';
import { InTenantDto } from './auth.dto.js';

export class ChangePasswordDto {
  @ApiProperty({ format: 'password' })
  @IsString()
  @Length(1, 1024)
  currentPassword!: string;

  @ApiNewPassword()
  @IsNewPassword()
  newPassword!: string;
}

export class ForgotPasswordDto extends InTenantDto {
  @ApiProperty({ example: 'owner@demo.test', description: 'E-mail address or username.' })
  @LowerCased()
  @Length(1, 255)
  identifier!: string;
}

export class ResetPasswordDto {
  @ApiProperty({ description: 'As mailed.' })
  @IsString()
  @MaxLength(200)
  token!: string;

  @ApiNewPassword()
  @IsNewPassword()
  password!: string;
}
