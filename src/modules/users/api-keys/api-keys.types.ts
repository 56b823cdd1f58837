export interface ApiKey {
  id: string;
  name: string;
  /** The first characters of the secret, so that people can distinguish keys. */
  prefix: string;
  /** Permissions the key is limited to; empty: all that an API key of its user can have. */
  scopes: string[];
  expiresAt: Date | null;
  /** Accurate to the minute. */
  lastUsedAt: Date | null;
  createdAt: Date;
}

export interface NewApiKey {
  name: string;
  scopes: string[];
  expiresAt: Date | null;
}
