import type { Manifest } from '../../common/manifest/manifest.js';

export const manifest: Manifest = {
  permissions: {
    'workflow:run': ['member', 'Start, cancel and retry runs: members of their own workflows, managers of all'],
    /** Any user may be an approver; the step determines who is. */
    'workflow:decide': ['viewer', 'Approve or reject steps as one of their approvers'],
  },
  entities: {
    WorkflowRun: {
      withheld: 'Inputs and outputs are only for those who may see the run. Runs have routes of their own.',
    },
    WorkflowRunStep: { withheld: 'Belongs to a run. Runs have routes of their own.' },
    WorkflowRunEvent: { withheld: 'Belongs to a run. Runs have routes of their own.' },
    WorkflowHookSecret: { withheld: 'Encrypted secrets.' },
    WorkflowHook: { withheld: 'Contains only hashed addresses.' },
  },
  tasks: {
    'workflow.run': 'tenant',
    'workflow.schedule': 'tenant',
    'workflow.watch': 'tenant',
  },
  limits: {
    concurrentRuns: {
      plans: { basic: 5, professional: 20, enterprise: 50, custom: 100 },
      description: 'The number of runs that workers may execute at the same time.',
    },
    openRuns: {
      plans: { basic: 1000, professional: 10_000, enterprise: 50_000, custom: 100_000 },
      description: 'The number of runs that have not ended.',
    },
  },
  secrets: {
    hook: 'Starts a run of one workflow.',
  },
};
