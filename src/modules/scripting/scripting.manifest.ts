import type { Manifest } from '../../common/manifest/manifest.js';

export const manifest: Manifest = {
  permissions: {
    'lua_script:read': ['viewer', 'See scripts'],
    'lua_script:run': ['member', 'Try scripts'],
    /** Managers may not change scripts of users above them: scripts also run in workflows that belong to others. */
    'lua_script:create': ['manager', 'Create scripts'],
    'lua_script:update': ['manager', 'Change scripts'],
    'lua_script:delete': ['manager', 'Delete scripts'],
  },
  entities: {
    LuaScript: {
      fields: [
        'id',
        'name',
        'description',
        'code',
        'parameters',
        'returnType',
        'isSandboxed',
        'allowedGlobals',
        'timeoutMs',
        'createdBy',
        'version',
        'definitionVersion',
        'createdAt',
        'updatedAt',
      ],
      read: 'lua_script:read',
      create: 'lua_script:create',
      update: 'lua_script:update',
      delete: 'lua_script:delete',
    },
    LuaScriptVersion: {
      fields: [
        'scriptId',
        'number',
        'code',
        'parameters',
        'returnType',
        'allowedGlobals',
        'timeoutMs',
        'savedBy',
        'createdAt',
      ],
      read: 'lua_script:read',
    },
    WorkflowScript: {
      fields: ['workflowId', 'scriptId', 'version', 'takenBy', 'takenAt'],
      read: 'workflow:read',
    },
  },
  limits: {
    scripts: { plans: { basic: 50, professional: 500, enterprise: 5000, custom: 25_000 } },
  },
  demo: {
    LuaScript: [
      {
        name: 'Add tax',
        description: 'Net and gross of an amount.',
        parameters: [
          { name: 'amount', type: 'number' },
          { name: 'rate', type: 'number' },
        ],
        returnType: 'object',
        allowedGlobals: ['math'],
        code: [
          'local tax = math.floor(input.amount * input.rate * 100 + 0.5) / 100',
          'return { net = input.amount, tax = tax, gross = input.amount + tax }',
        ].join('\n'),
      },
    ],
  },
};
