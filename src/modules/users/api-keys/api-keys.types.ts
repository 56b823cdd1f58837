export interface ApiKey {
  id: string;
  name: string;
  /** The first characters of the secret, so that people can tell keys apart. */
  prefix: string;
  /** Permissions the key is limited to; empty means all that keys of its user can hold. */
  scopes: string[];
  expiresAt: Date | null;
  /** To the minute. */
  lastUsedAt: Date | null;
  createdAt: Date;
}

export interface NewApiKey {
  name: string;
  scopes: string[];
  expiresAt: Date | null;
}
