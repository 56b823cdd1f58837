import { unknownVariables } from '../../scripts/environment.ts';

describe('the variables of .env', () => {
  const KNOWN = ['PORT', 'METRICS_PORT', 'LOG_LEVEL', 'DATABASE_URL'];

  it('are all known', () => {
    expect(unknownVariables(['PORT', 'DATABASE_URL_FILE'], KNOWN)).toEqual([]);
  });

  it.each([
    ['PROT', 'Nothing reads PROT, which .env sets. Did you mean PORT?'],
    ['LOGLEVEL', 'Nothing reads LOGLEVEL, which .env sets. Did you mean LOG_LEVEL?'],
    ['DATABASE_URL_FLIE', 'Nothing reads DATABASE_URL_FLIE, which .env sets. Did you mean DATABASE_URL_FILE?'],
    ['STRIPE_SECRET', 'Nothing reads STRIPE_SECRET, which .env sets.'],
  ])('are warned of when nothing reads them: %s', (name, warning) => {
    expect(unknownVariables([name], KNOWN)).toEqual([warning]);
  });
});
