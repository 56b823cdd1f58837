import { Module } from '@nestjs/common';
import { PlatformAdminsModule } from '../../tenants/platform-admins/platform-admins.module.js';
import { TenantsModule } from '../../tenants/tenants.module.js';
import { ApiKeysModule } from '../api-keys/api-keys.module.js';
import { UserAccountsModule } from '../user-accounts.module.js';
import { AccessGrants } from './access-grants.js';
import { AccountsRepository } from './accounts.repository.js';
import { AuthController } from './auth.controller.js';
import { AuthService } from './auth.service.js';
import { ForgottenPasswordsService } from './forgotten-passwords.service.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';
import { PasswordChangesService } from './password-changes.service.js';
import { PasswordResetIssuer } from './password-reset-issuer.js';
import { PasswordResetTokensRepository } from './password-reset-tokens.repository.js';
import { PasswordsController } from './passwords.controller.js';
import { PasswordsService } from './passwords.service.js';
import { SendPasswordResetTask } from './send-password-reset.task.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsModule } from './sessions.module.js';
import { SignInGuard } from './sign-in-guard.js';
import { SignInNetworksRepository } from './sign-in-networks.repository.js';
import { SignInService } from './sign-in.service.js';
import { StreamTicketsController } from './stream-tickets.controller.js';
import { WhoAmIService } from './who-am-i.service.js';

@Module({
  imports: [TenantsModule, PlatformAdminsModule, UserAccountsModule, SessionsModule, ApiKeysModule],
  controllers: [AuthController, SessionsController, PasswordsController, StreamTicketsController],
  providers: [
    AccountsRepository,
    LoginAttemptsRepository,
    PasswordResetTokensRepository,
    AccessGrants,
    SignInNetworksRepository,
    SignInGuard,
    SignInService,
    AuthService,
    WhoAmIService,
    PasswordChangesService,
    PasswordsService,
    ForgottenPasswordsService,
    PasswordResetIssuer,
    SendPasswordResetTask,
  ],
})
export class AuthModule {}
