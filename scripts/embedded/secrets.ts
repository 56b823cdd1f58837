import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROLES, type RoleName } from '../db/roles.ts';

/** Values that the embedded mode generates once per clone. */
export interface Secrets {
  /** Identifies this set; a cluster created with another set does not belong to it. */
  id: string;
  superuserPassword: string;
  rolePasswords: Record<RoleName, string>;
  TOKEN_SIGNING_KEYS: string;
  DATA_ENCRYPTION_KEYS: string;
}

const password = (): string => randomBytes(24).toString('base64url');
const key = (): string => `k1:${randomBytes(32).toString('base64')}`;

/** Reads `secrets.json` of the data folder, or creates it, readable only by its owner. Call under the lock. */
export function loadSecrets(dataFolder: string): { secrets: Secrets; fresh: boolean } {
  const file = join(dataFolder, 'secrets.json');
  if (existsSync(file)) {
    chmodSync(file, 0o600);
    return { secrets: JSON.parse(readFileSync(file, 'utf8')) as Secrets, fresh: false };
  }
  const secrets: Secrets = {
    id: randomBytes(8).toString('hex'),
    superuserPassword: password(),
    rolePasswords: Object.fromEntries(ROLES.map((role) => [role, password()])) as Record<RoleName, string>,
    TOKEN_SIGNING_KEYS: key(),
    DATA_ENCRYPTION_KEYS: key(),
  };
  const draft = `${file}.part`;
  writeFileSync(draft, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
  return { secrets, fresh: true };
}
