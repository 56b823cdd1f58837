import { belongsToBaseDomain, problemOfDomain, problemOfSlug, schemaNameOf } from './tenant-names.js';

describe('A slug', () => {
  it.each(['abc', 'acme-corp', '1-2', 'a'.repeat(50)])('may be %s', (slug) => {
    expect(problemOfSlug(slug)).toBeUndefined();
  });

  it.each([
    ['ab', /3 to 50/],
    ['a'.repeat(51), /3 to 50/],
    ['Acme', /consist of/],
    ['acme.corp', /consist of/],
    ['acme_corp', /consist of/],
    ['acme\n', /consist of/],
    ['-acme', /start and end/],
    ['acme-', /start and end/],
    ['www', /reserved/],
    ['api', /reserved/],
    ['admin', /reserved/],
    ['platform', /reserved/],
    ['xn--abc', /look like/],
    ['0198c0de-0000-7000-8000-00000000000a', /look like/],
  ])('may not be %j', (slug, problem) => {
    expect(problemOfSlug(slug)).toMatch(problem);
  });

  it('gives the label of a schema', () => {
    expect(schemaNameOf('acme-corp')).toBe('tenant_acme_corp');
  });
});

describe('A custom domain', () => {
  it.each(['acme.example', 'app.acme.co.uk', 'xn--bcher-kva.example'])('may be %s', (domain) => {
    expect(problemOfDomain(domain)).toBeUndefined();
  });

  it.each([
    'acme',
    'Acme.example',
    'acme..example',
    '.acme.example',
    'acme.example.',
    '-a.example',
    '10.0.0.1',
    'a b.example',
    'acme.example:80',
    `${'a.'.repeat(130)}example`,
  ])('may not be %j', (domain) => {
    expect(problemOfDomain(domain)).toEqual(expect.any(String));
  });

  it('does not lie under the base domain', () => {
    expect(belongsToBaseDomain('other.tenantry.test', 'tenantry.test')).toBe(true);
    expect(belongsToBaseDomain('tenantry.test', 'tenantry.test')).toBe(true);
    expect(belongsToBaseDomain('nottenantry.test', 'tenantry.test')).toBe(false);
    expect(belongsToBaseDomain('acme.example', undefined)).toBe(false);
  });
});
