export const TRIGGERS = ['manual', 'schedule', 'event', 'webhook'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** The address at which a workflow is started from outside. Shown only once, when it is created. */
export interface TriggerAddress {
  /** The secret part of the address. */
  token: string;
  /** The path of the address. */
  url: string;
}
