import type { Manifest } from '../../common/manifest/manifest.js';

const PLATFORM = { withheld: 'Only for the platform, which has routes of its own.' };

export const manifest: Manifest = {
  permissions: {
    /** Concerns the user's own tenant. */
    'tenant:read': ['viewer', 'See the tenant, its usage and its limits'],
    'tenant:update': ['admin', "Change the tenant's name, settings and appearance"],
    /** Concerns the registry of all tenants. */
    'platform:tenants:read': ['platform', 'See all tenants'],
    'platform:tenants:write': ['platform', 'Create, change, suspend and delete tenants'],
  },
  entities: {
    /** A tenant sees only its own row, and changes it with `PATCH /tenant`. */
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
    UsageCounter: { withheld: 'The usage of the plan, which GET /tenant/usage returns.' },
  },
  tasks: {
    'tenant.delete': 'platform',
    'tenant.delete_due': 'platform',
    'tenant.recover_provisioning': 'platform',
  },
  limits: {
    eventStreams: {
      plans: 200,
      description: 'The number of event streams that may be open at the same time in one process.',
      perUser: 'The number of streams of one user, a quarter of `eventStreams`.',
    },
    emailsPerDay: {
      plans: { basic: 1000, professional: 10_000, enterprise: 100_000, custom: 1_000_000 },
      description: 'The number of recipients per day (UTC) of invitations and of emails that workflows send.',
    },
    emailRecipients: { plans: 10, description: 'The number of recipients of one email that a workflow sends.' },
  },
};
