import { parseOptions } from '@node-rs/argon2';
import { ClsModule } from 'nestjs-cls';
import { Test } from '@nestjs/testing';
import { UnavailableError } from '../errors/app-error.js';
import { TenantContext } from '../tenancy/tenant-context.js';
import { DECOY, PasswordHasher } from './password-hasher.js';

const TENANTS = ['01890a5d-ac96-774b-bcce-b302099a8057', '01890a5d-ac96-774b-bcce-b302099a8058'] as const;

describe('PasswordHasher', () => {
  const hasher = new PasswordHasher();

  it('knows the password again, and no other', async () => {
    const hash = await hasher.hash('correct horse battery');
    expect(hash).toMatch(/^\$argon2id\$/);
    await expect(hasher.verify(hash, 'correct horse battery')).resolves.toBe(true);
    await expect(hasher.verify(hash, 'correct horse batterz')).resolves.toBe(false);
  });

  it('gives equal passwords different hashes', async () => {
    expect(await hasher.hash('correct horse battery')).not.toBe(await hasher.hash('correct horse battery'));
  });

  it('does as much work where there is no hash', async () => {
    await expect(hasher.verify(null, 'correct horse battery')).resolves.toBe(false);
    expect(parseOptions(DECOY)).toEqual(parseOptions(await hasher.hash('correct horse battery')));
  });

  it.each([
    ['plain password', 1],
    ['pässword of one', 2],
    ['pässword\u00a0of two', 3],
  ])('tries as many forms of a password on nobody as on somebody: %j', async (password, forms) => {
    const counting = new PasswordHasher();
    const hash = await counting.hash('another password');
    const inside = counting as unknown as { inTurn: (task: () => unknown) => unknown };
    const inTurn = inside.inTurn.bind(counting);
    let turns = 0;
    inside.inTurn = (task) => {
      turns += 1;
      return inTurn(task);
    };
    await expect(counting.match(hash, password)).resolves.toBe('none');
    expect(turns).toBe(forms);
    await expect(counting.match(null, password)).resolves.toBe('none');
    expect(turns).toBe(2 * forms);
  });

  it('hashes and knows a password in the form of RFC 8265', async () => {
    const hash = await hasher.hash('pa\u0308ssword\u00a0of two');
    await expect(hasher.match(hash, 'pässword of two')).resolves.toBe('today');
    await expect(hasher.match(hash, 'pa\u0308ssword\u2003of two')).resolves.toBe('today');
    await expect(hasher.match(hash, 'pässword of TWO')).resolves.toBe('none');
  });

  it('refuses the storm of one tenant, and serves another in the meantime', async () => {
    const module = await Test.createTestingModule({
      imports: [ClsModule.forRoot({ global: true })],
      providers: [TenantContext],
    }).compile();
    const inTenant = <T>(tenantId: string, fn: () => Promise<T>) =>
      module.get(TenantContext).run({ tenantId, source: 'system' }, fn);
    let finished = 0;
    const storm = Array.from({ length: 60 }, () =>
      inTenant(TENANTS[0], () => hasher.verify(null, 'guess')).finally(() => (finished += 1)),
    );
    const outcomes = Promise.allSettled(storm);

    await expect(inTenant(TENANTS[1], () => hasher.verify(null, 'other'))).resolves.toBe(false);
    const refused = (await outcomes).filter((outcome) => outcome.status === 'rejected');
    expect(finished).toBe(60);
    expect(refused.length).toBeGreaterThan(0);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(UnavailableError);
  });
});
