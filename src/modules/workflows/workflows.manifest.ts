import type { Manifest } from '../../common/manifest/manifest.js';

export const manifest: Manifest = {
  permissions: {
    'workflow:read': ['viewer', 'See workflows, their versions and runs'],
    'workflow:create': ['member', 'Create workflows'],
    /** Members may change their own; managers all except those of users above them. */
    'workflow:update': [
      'member',
      'Change workflows: members their own, managers also those of users whose role is not higher',
    ],
    'workflow:activate': ['member', 'Activate, pause and archive workflows'],
    'workflow:delete': ['admin', 'Delete workflows with their versions and runs'],
    'workflow:transfer': ['manager', 'Transfer workflows from one user to another'],
  },
  entities: {
    Workflow: {
      fields: [
        'id',
        'name',
        'description',
        'userId',
        'createdBy',
        'nodes',
        'edges',
        'trigger',
        'triggerConfig',
        'settings',
        'status',
        'version',
        'definitionVersion',
        'packageId',
        'handedOverFrom',
        'handedOverAt',
        'nextRunAt',
        'createdAt',
        'updatedAt',
      ],
      read: 'workflow:read',
      create: 'workflow:create',
      update: 'workflow:update',
      delete: 'workflow:delete',
    },
    WorkflowVersion: {
      fields: ['workflowId', 'number', 'definition', 'createdBy', 'createdAt'],
      read: 'workflow:read',
    },
  },
  limits: {
    workflows: { plans: { basic: 25, professional: 250, enterprise: 2500, custom: null } },
    workflowVersions: {
      plans: 1000,
      description: 'The number of versions of one workflow. The newest 100 are kept, and those that runs use.',
    },
  },
};
