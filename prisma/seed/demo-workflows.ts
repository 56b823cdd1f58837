import type { JsonObject } from '../../src/common/json/json-object.js';
import type { WorkflowDefinition } from '../../src/modules/workflows/definitions/definition.types.js';

const DAY_MS = 86_400_000;

/** The demo script that a workflow uses; the manifest of the scripting module declares it. */
export const DEMO_SCRIPT = 'Add tax';

export interface DemoWorkflow {
  definition: WorkflowDefinition;
  /** Input of the run that the demo starts. */
  input: JsonObject;
}

/** Returns three example workflows, which access nothing outside. `scriptId` is the id of `DEMO_SCRIPT`. */
export function demoWorkflows(scriptId: string, timeZone: string): DemoWorkflow[] {
  return [morningSummary(timeZone), expenseApproval(scriptId), welcome()];
}

function morningSummary(timeZone: string): DemoWorkflow {
  return {
    definition: {
      name: 'Morning summary',
      description: 'Runs at seven on every working day.',
      trigger: 'schedule',
      triggerConfig: { cron: '0 7 * * 1-5', timeZone },
      nodes: [
        { id: 'start', type: 'trigger', config: {} },
        {
          id: 'day',
          type: 'transform',
          label: 'Which day is it?',
          config: { transform: '{ "day": $substring($now(), 0, 10) }' },
        },
        {
          id: 'note',
          type: 'action',
          label: 'Write it down',
          config: { action: 'log', message: 'Good morning. Here is {{ input.day }}.' },
        },
      ],
      edges: [
        { id: 'start-day', source: 'start', target: 'day' },
        { id: 'day-note', source: 'day', target: 'note' },
      ],
      settings: { maxConcurrentRuns: 1 },
    },
    input: {},
  };
}

function expenseApproval(scriptId: string): DemoWorkflow {
  return {
    definition: {
      name: 'Expense approval',
      description: 'Adds tax, and asks a manager to approve amounts above 500.',
      trigger: 'manual',
      triggerConfig: {},
      nodes: [
        { id: 'start', type: 'trigger', config: {} },
        { id: 'tax', type: 'lua', label: 'Add tax', config: { scriptId } },
        {
          id: 'large',
          type: 'condition',
          label: 'Above 500?',
          config: { condition: 'steps.tax.output.gross > 500' },
        },
        {
          id: 'ask',
          type: 'action',
          label: 'Ask a manager',
          config: {
            action: 'approval',
            message: 'May {{ trigger.purpose }} cost {{ steps.tax.output.gross }}?',
            approvers: ['role:manager'],
            deadlineMs: 7 * DAY_MS,
          },
        },
        { id: 'paid', type: 'action', label: 'Approved', config: { action: 'log', message: 'A manager has agreed.' } },
        {
          id: 'small',
          type: 'action',
          label: 'Too small to ask',
          config: { action: 'log', message: 'Nobody was asked.' },
        },
      ],
      edges: [
        { id: 'start-tax', source: 'start', target: 'tax' },
        { id: 'tax-large', source: 'tax', target: 'large' },
        { id: 'large-ask', source: 'large', target: 'ask', label: 'true' },
        { id: 'large-small', source: 'large', target: 'small', label: 'false' },
        { id: 'ask-paid', source: 'ask', target: 'paid' },
      ],
      settings: {},
    },
    input: { purpose: 'a desk', amount: 640, rate: 0.2 },
  };
}

function welcome(): DemoWorkflow {
  const user = { username: 'newcomer', role: 'member' };
  return {
    definition: {
      name: 'Welcome new colleagues',
      description: 'Starts when a user with more than read access is added.',
      trigger: 'event',
      triggerConfig: { name: 'user.created', filter: 'event.payload.user.role in ["member", "manager", "admin"]' },
      nodes: [
        { id: 'start', type: 'trigger', config: {} },
        {
          id: 'who',
          type: 'transform',
          label: 'Who is it?',
          config: { transform: 'payload.user.{ "name": username }' },
        },
        {
          id: 'words',
          type: 'lua',
          label: 'Find words',
          config: { code: 'return { text = "Welcome, " .. input.name .. "!" }', timeoutMs: 1000 },
        },
        { id: 'pause', type: 'action', label: 'Let them arrive', config: { action: 'delay', ms: 2000 } },
        {
          id: 'note',
          type: 'action',
          label: 'Say it',
          config: { action: 'log', message: '{{ steps.words.output.text }}' },
          retry: { maxAttempts: 3, delayMs: 1000, backoffMultiplier: 2, jitterMs: 250 },
        },
      ],
      edges: [
        { id: 'start-who', source: 'start', target: 'who' },
        { id: 'who-words', source: 'who', target: 'words' },
        { id: 'words-pause', source: 'words', target: 'pause' },
        { id: 'pause-note', source: 'pause', target: 'note' },
      ],
      settings: { timeoutMs: 3_600_000 },
    },
    input: { name: 'user.created', payload: { user } },
  };
}
