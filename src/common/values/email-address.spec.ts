import fc from 'fast-check';
import {
  emailSpellings,
  mailableAddress,
  normalizeEmail,
  normalizeSignInName,
  searchSpellings,
} from './email-address.js';

describe('An e-mail address', () => {
  it.each([
    [' Ada@Example.COM ', 'ada@example.com'],
    ["o'brien+x=y/z@sub.example.com", "o'brien+x=y/z@sub.example.com"],
    ['ada@BÜCHER.example', 'ada@bücher.example'],
    ['ada@xn--bcher-kva.example', 'ada@bücher.example'],
    ['ada@bu\u0308cher.example', 'ada@bücher.example'],
    ['jose\u0301@example.com', 'josé@example.com'],
    ['用户@例え。jp', '用户@例え.jp'],
    ['ada@straße.example', 'ada@straße.example'],
  ])('%j is stored as %j', (text, stored) => {
    expect(normalizeEmail(text)).toBe(stored);
  });

  it.each(
    [
      '',
      'ada',
      '@example.com',
      'ada@',
      'ada@localhost',
      'ada@example..com',
      'ada@-example.com',
      'ada@exa_mple.com',
      'ada@1.2.3.4',
      'ada@[127.0.0.1]',
      'ada@%65xample.com',
      'ada@example.com\n',
      'ada\n@example.com',
      'ada\r\nbcc: eve@example.com@example.com',
      'a\u0000da@example.com',
      'a\u007fda@example.com',
      'ada\u2028@example.com',
      'ada\u200b@example.com',
      '"ada lovelace"@example.com',
      '"ada"@example.com',
      '"eve@evil.example, ada"@example.com',
      'ada(comment)@example.com',
      'ada <ada@example.com>',
      'ada@example.com, eve@example.com',
      'ada eve@example.com',
      '.ada@example.com',
      'ada.@example.com',
      'a..da@example.com',
      'ada＠example.com',
      `${'ä'.repeat(33)}@example.com`,
      `ada@${'a'.repeat(64)}.example`,
      `ada@${'a.'.repeat(130)}example`,
    ].map((text) => [text]),
  )('is not %j', (text) => {
    // Spaces around an address are never intended.
    const expected = text === 'ada@example.com\n' ? 'ada@example.com' : undefined;
    expect(normalizeEmail(text)).toBe(expected);
  });

  it('has one spelling, which is its own, and is found by every other one', () => {
    const letters = fc.constantFrom('a', 'Z', '7', 'é', 'Å', 'ü', '한', 'ß', 'ñ', '例', 'Σ', 'ő');
    const word = fc.array(letters, { minLength: 1, maxLength: 8 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(word, word, word, (local, label, other) => {
        const address = `${local}@${label}.${other}.example`;
        const stored = normalizeEmail(address);
        expect(stored).toBeDefined();
        expect(normalizeEmail(stored!)).toBe(stored);
        const [name, domain] = stored!.split('@') as [string, string];
        const ascii = mailableAddress(stored!).split('@')[1]!;
        expect(ascii).toMatch(/^[a-z0-9.-]+$/);
        for (const spelling of [
          address.normalize('NFD'),
          stored!.normalize('NFD'),
          `${name}@${ascii}`,
          `${name.normalize('NFD')}@${ascii.toUpperCase()}`,
          `${name}@${domain.normalize('NFD')}`,
        ]) {
          expect(normalizeEmail(spelling)).toBe(stored);
          expect(emailSpellings(spelling)).toContain(stored);
          expect(emailSpellings(stored!)).toContain(spelling.toLowerCase());
          expect(normalizeSignInName(spelling)).toBe(stored);
        }
        expect(emailSpellings(address).length).toBeLessThanOrEqual(7);
      }),
    );
  });

  it('is looked for as it is written alone where it is plain', () => {
    expect(emailSpellings('Ada@Example.com')).toEqual(['ada@example.com']);
    expect(emailSpellings('Ada')).toEqual(['ada']);
    expect(searchSpellings('ada')).toEqual(['ada']);
    expect(searchSpellings('50%')).toEqual(['50%']);
  });

  it('is searched for in the spellings of its domain', () => {
    expect(searchSpellings('xn--bcher-kva.example')).toContain('bücher.example');
    expect(searchSpellings('bücher.example')).toContain('xn--bcher-kva.example');
    expect(searchSpellings('jose\u0301')).toContain('josé');
  });
});
