import { Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { TenantsModule } from '../tenants/tenants.module.js';
import { SessionsModule } from './auth/sessions.module.js';
import { InvitationAcceptanceController } from './invitations/invitation-acceptance.controller.js';
import { InvitationAcceptanceService } from './invitations/invitation-acceptance.service.js';
import { InvitationIssuer } from './invitations/invitation-issuer.js';
import { InvitationsController } from './invitations/invitations.controller.js';
import { InvitationsRepository } from './invitations/invitations.repository.js';
import { InvitationsService } from './invitations/invitations.service.js';
import { OwnersService } from './owners.service.js';
import { OwnerProvisioningStep } from './owner.provisioning-step.js';
import { UsersRetentionRepository } from './retention/users-retention.repository.js';
import { UserAccess } from './user-access.js';
import { UserRightsReadModel } from './user-rights.read-model.js';
import { UserAdmissionService } from './user-admission.service.js';
import { UserChangeLog } from './user-change-log.js';
import { UserEntityWriter } from './user.entity-writer.js';
import { UsersController } from './users.controller.js';
import { UsersRepository } from './users.repository.js';
import { UsersService } from './users.service.js';

/** Provides the accounts of users, and invitations to them. */
@Module({
  imports: [DiscoveryModule, TenantsModule, SessionsModule],
  // Invitations first, because `users/:id` would also match `users/invitations`.
  controllers: [InvitationsController, InvitationAcceptanceController, UsersController],
  providers: [
    UsersService,
    UsersRepository,
    UserAdmissionService,
    UserAccess,
    UserRightsReadModel,
    UserChangeLog,
    UserEntityWriter,
    OwnersService,
    OwnerProvisioningStep,
    InvitationsService,
    InvitationAcceptanceService,
    InvitationsRepository,
    InvitationIssuer,
    UsersRetentionRepository,
  ],
  // Repository, access and change log are exported for the other parts of this module.
  exports: [UsersService, OwnersService, UserRightsReadModel, UsersRepository, UserAccess, UserChangeLog],
})
export class UserAccountsModule {}
