import { defineEntities } from '../../common/gateway/entity-rules.js';

const PLATFORM = { withheld: "The platform's alone; it has routes of its own." };

defineEntities({
  /** A tenant sees its own row alone. It is changed by `PATCH /tenant`. */
  Tenant: {
    fields: [
      'id',
      'slug',
      'name',
      'domain',
      'status',
      'plan',
      'dataRegion',
      'defaultLocale',
      'version',
      'createdAt',
      'updatedAt',
    ],
    read: 'tenant:read',
  },
  TenantProvisioningStep: PLATFORM,
  PlatformAdmin: PLATFORM,
  PlatformSession: PLATFORM,
  PlatformLoginAttempt: PLATFORM,
  PlatformSignInNetwork: PLATFORM,
  UsageCounter: { withheld: 'What of a plan is used up: GET /tenant/usage tells it.' },
});
