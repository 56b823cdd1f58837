import { mintPlatformSecret, mintSecret, readPlatformSecret, readSecret } from './secret-token.js';

const TENANT = '01890a5d-ac96-774b-bcce-b302099a8057';

describe('secrets', () => {
  it('name their tenant and are found again by their hash', () => {
    const { token, hash } = mintSecret('refresh', TENANT.toUpperCase());

    expect(token).toMatch(/^refresh_01890a5dac96774bbcceb302099a8057_[\w-]{43}$/);
    expect(readSecret('refresh', token)).toEqual({ tenantId: TENANT, hash });
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(token).not.toContain(hash);
  });

  it('are of one kind only', () => {
    expect(readSecret('reset', mintSecret('refresh', TENANT).token)).toBeNull();
    expect(readPlatformSecret(mintSecret('refresh', TENANT).token)).toBeNull();
    expect(readSecret('refresh', mintPlatformSecret().token)).toBeNull();
  });

  it('have another hash as soon as the tenant in them is changed', () => {
    const { token, hash } = mintSecret('key', TENANT);
    const moved = token.replace('_01890a5d', '_01890a5e');

    expect(readSecret('key', moved)?.hash).not.toBe(hash);
  });

  it.each(['', 'refresh', `refresh_${TENANT}_x`, `${mintSecret('refresh', TENANT).token}x`, 'x'.repeat(5000)])(
    'are not read out of %p',
    (token) => {
      expect(readSecret('refresh', token)).toBeNull();
      expect(readPlatformSecret(token)).toBeNull();
    },
  );

  it('of the platform are found again by their hash', () => {
    const { token, hash } = mintPlatformSecret();
    expect(readPlatformSecret(token)).toEqual({ hash });
  });
});
