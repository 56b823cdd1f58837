export const ACTOR_KINDS = ['user', 'api_key', 'platform', 'system'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** `denied` and `failed` mark attempts that changed nothing. */
export const AUDIT_OUTCOMES = ['done', 'denied', 'failed'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export interface AuditEntry {
  id: string;
  actorKind: ActorKind;
  /** Null for actions of the system itself. */
  actorId: string | null;
  action: string;
  targetType: string | null;
  targetId: string | null;
  outcome: AuditOutcome;
  details: Record<string, unknown>;
  requestId: string | null;
  ipAddress: string | null;
  userAgent: string | null;
  createdAt: Date;
}

/** An entry in a list: details that are too large are null, and `omitted` names them. */
export interface ListedAuditEntry extends Omit<AuditEntry, 'details'> {
  details: Record<string, unknown> | null;
  omitted?: string[];
}

export interface AuditFilter {
  actorKind?: ActorKind;
  actorId?: string;
  /** An action, or a prefix followed by `*`. */
  action?: string;
  targetType?: string;
  targetId?: string;
  outcome?: AuditOutcome;
  /** Inclusive. */
  from?: Date;
  /** Exclusive. */
  to?: Date;
}
