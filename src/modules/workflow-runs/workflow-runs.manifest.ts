import type { Manifest } from '../../common/manifest/manifest.js';

export const manifest: Manifest = {
  permissions: {
    'workflow:run': ['member', 'Start, cancel and retry runs: members of their own workflows, managers of all'],
    /** An approver may be anybody; the step says who. */
    'workflow:decide': ['viewer', 'Decide approvals of those who are named in them'],
  },
  entities: {
    WorkflowRun: { withheld: 'Input and output are for those who may see the run: it has routes of its own.' },
    WorkflowRunStep: { withheld: 'As runs.' },
    WorkflowRunEvent: { withheld: 'As runs.' },
    WorkflowHookSecret: { withheld: 'Sealed secrets.' },
    WorkflowHook: { withheld: 'Addresses under hashes: nothing that anybody could read.' },
  },
  tasks: {
    'workflow.run': 'tenant',
    'workflow.schedule': 'tenant',
    'workflow.watch': 'tenant',
  },
};
