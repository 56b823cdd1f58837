export const ACTOR_KINDS = ['user', 'api_key', 'platform', 'system'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** `denied` and `failed` are attempts that changed nothing. */
export const AUDIT_OUTCOMES = ['done', 'denied', 'failed'] as const;
export type AuditOutcome = (typeof AUDIT_OUTCOMES)[number];

export interface AuditEntry {
  id: string;
  actorKind: ActorKind;
  /** Null for the program itself. */
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

/** In lists: details that are too large are null, and named. */
export interface ListedAuditEntry extends Omit<AuditEntry, 'details'> {
  details: Record<string, unknown> | null;
  omitted?: string[];
}

export interface AuditFilter {
  actorKind?: ActorKind;
  actorId?: string;
  /** An action, or its beginning followed by `*`. */
  action?: string;
  targetType?: string;
  targetId?: string;
  outcome?: AuditOutcome;
  /** From this moment on. */
  from?: Date;
  /** Before this moment. */
  to?: Date;
}
