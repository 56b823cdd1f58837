import { BooleanField, NewPasswordField, TextField } from '../../../common/contracts/fields.js';
import { LowerCased } from '../../../common/contracts/input-rules.js';
import { InTenantDto } from './auth.dto.js';

export class ChangePasswordDto {
  @TextField({ min: 1, max: 1024, format: 'password' }) currentPassword!: string;
  @NewPasswordField() newPassword!: string;

  @BooleanField({
    optional: true,
    default: false,
    description: 'Whether your API keys are also revoked. Use this when somebody else may know the old password.',
  })
  endApiKeys?: boolean;
}

export class ForgotPasswordDto extends InTenantDto {
  @LowerCased()
  @TextField({
    min: 1,
    max: 255,
    example: 'owner@demo.test',
    description: 'The email address or username of the user.',
  })
  identifier!: string;
}

export class ResetPasswordDto {
  @TextField({ max: 200, description: 'The token from the email.' }) token!: string;
  @NewPasswordField() password!: string;
}
