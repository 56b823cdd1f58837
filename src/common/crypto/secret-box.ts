import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../config/config.js';
import { parseKeyRing, type RingKey } from './key-ring.js';

const ALGORITHM = 'aes-256-gcm';
const VERSION = 'v1';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Encrypts values that must not be readable in the database, with the key ring DATA_ENCRYPTION_KEYS. The first key
 * encrypts, all of them decrypt: put a new key first and remove the old one once no value encrypted with it is left.
 * AES-256-GCM (NIST SP 800-38D) with random nonces; `v1.<kid>.<base64url of nonce, tag, ciphertext>`.
 */
@Injectable()
export class SecretBox {
  readonly #current: RingKey;
  readonly #keys: Map<string, Buffer>;

  /** @throws Error when a key does not have exactly 32 bytes. */
  constructor(config: Config) {
    const ring = parseKeyRing(config.DATA_ENCRYPTION_KEYS);
    for (const { kid, key } of ring) {
      if (key.length !== KEY_BYTES)
        throw new Error(`DATA_ENCRYPTION_KEYS: the key ${kid} must have ${KEY_BYTES} bytes.`);
    }
    this.#current = ring[0];
    this.#keys = new Map(ring.map(({ kid, key }) => [kid, key]));
  }

  /**
   * @param belongsTo bound to the result without being part of it (additional authenticated data), such as a tenant id,
   * so that the value cannot be opened for another tenant.
   */
  seal(plaintext: string, belongsTo: string): string {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, this.#current.key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(belongsTo));
    const ciphertext = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    const sealed = Buffer.concat([nonce, cipher.getAuthTag(), ciphertext]);
    return `${VERSION}.${this.#current.kid}.${sealed.toString('base64url')}`;
  }

  /** @throws Error when the value was changed, belongs to another owner, or its key is no longer in the ring. */
  open(sealed: string, belongsTo: string): string {
    const [version, kid = '', encoded = ''] = sealed.split('.');
    const key = this.#keys.get(kid);
    if (version !== VERSION || !key)
      throw new Error('The key that encrypted this secret is not in DATA_ENCRYPTION_KEYS.');
    const bytes = Buffer.from(encoded, 'base64url');
    if (bytes.length < NONCE_BYTES + TAG_BYTES) throw new Error('This is not an encrypted secret.');
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(belongsTo));
    decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  }
}
