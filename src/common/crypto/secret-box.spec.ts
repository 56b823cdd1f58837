import { randomBytes } from 'node:crypto';
import type { Config } from '../config/config.js';
import { SecretBox } from './secret-box.js';

const OLD = `old:${randomBytes(32).toString('base64')}`;
const NEW = `new:${randomBytes(32).toString('base64')}`;

function boxWith(keys: string): SecretBox {
  return new SecretBox({ DATA_ENCRYPTION_KEYS: keys } as Config);
}

describe('SecretBox', () => {
  it('opens what it sealed, and seals the same text differently each time', () => {
    const box = boxWith(OLD);
    const sealed = box.seal('geheim 🔑', 'tenant-1');
    expect(sealed).not.toContain('geheim');
    expect(box.open(sealed, 'tenant-1')).toBe('geheim 🔑');
    expect(box.seal('geheim 🔑', 'tenant-1')).not.toBe(sealed);
  });

  it('opens for nobody else', () => {
    const box = boxWith(OLD);
    expect(() => box.open(box.seal('secret', 'tenant-1'), 'tenant-2')).toThrow();
  });

  it('refuses what was changed', () => {
    const box = boxWith(OLD);
    const [version, kid, encoded] = box.seal('secret', 'tenant-1').split('.');
    const bytes = Buffer.from(encoded!, 'base64url');
    bytes[bytes.length - 1]! ^= 1;
    expect(() => box.open(`${version}.${kid}.${bytes.toString('base64url')}`, 'tenant-1')).toThrow();
    expect(() => box.open(`${version}.${kid}.`, 'tenant-1')).toThrow('not an encrypted secret');
  });

  it('opens what an older key of the ring sealed, until that key is gone', () => {
    const sealed = boxWith(OLD).seal('secret', 'tenant-1');
    const rotated = boxWith(`${NEW},${OLD}`);
    expect(rotated.open(sealed, 'tenant-1')).toBe('secret');
    expect(rotated.seal('secret', 'tenant-1')).toMatch(/^v1\.new\./);
    expect(() => boxWith(NEW).open(sealed, 'tenant-1')).toThrow('not in DATA_ENCRYPTION_KEYS');
  });

  it('refuses keys of another length, and two keys of the same name', () => {
    expect(() => boxWith(`short:${randomBytes(31).toString('base64')}`)).toThrow('32 bytes');
    expect(() => boxWith(`${OLD},${OLD}`)).toThrow('same kid');
  });
});
