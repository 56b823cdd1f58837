import type { Role } from '../../src/common/identity/roles.js';
import type { Plan } from '../../src/modules/tenants/tenants.types.js';

/** The password of every demo account. It is public, so the demo is only seeded on request. */
export const DEMO_PASSWORD = 'demo-password';

export const DEMO_PLATFORM_ADMIN = 'platform@tenantry.test';

export interface DemoTenant {
  slug: string;
  name: string;
  plan: Plan;
  settings: { timezone: string; locale: string };
  theme: { primaryColor: string };
}

export const DEMO_TENANTS: readonly DemoTenant[] = [
  {
    slug: 'fortium-demo',
    name: 'Fortium Demo',
    plan: 'enterprise',
    settings: { timezone: 'Europe/Berlin', locale: 'de-DE' },
    theme: { primaryColor: '#0F766E' },
  },
  {
    slug: 'acme-corp',
    name: 'Acme Corporation',
    plan: 'professional',
    settings: { timezone: 'America/New_York', locale: 'en-US' },
    theme: { primaryColor: '#3B82F6' },
  },
  {
    slug: 'startup-xyz',
    name: 'Startup XYZ',
    plan: 'basic',
    settings: { timezone: 'UTC', locale: 'en-GB' },
    theme: { primaryColor: '#8B5CF6' },
  },
];

export interface DemoUser {
  role: Role;
  username: string;
  email: string;
  firstName: string;
  lastName: string;
}

const NAMES: readonly [Role, string, string][] = [
  ['owner', 'Olivia', 'Okafor'],
  ['admin', 'Anders', 'Aalto'],
  ['manager', 'Maya', 'Moreno'],
  ['member', 'Marek', 'Malik'],
  ['viewer', 'Vera', 'Voss'],
];

/** The same five people in every tenant, as separate users. */
export const DEMO_USERS: readonly DemoUser[] = NAMES.map(([role, firstName, lastName]) => ({
  role,
  username: role,
  email: `${role}@demo.test`,
  firstName,
  lastName,
}));
