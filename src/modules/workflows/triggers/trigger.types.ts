export const TRIGGERS = ['manual', 'schedule', 'event', 'webhook'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Where a workflow is started from outside. Shown once, when it is made. */
export interface TriggerAddress {
  /** The secret in it. */
  token: string;
  /** Its path. */
  url: string;
}
