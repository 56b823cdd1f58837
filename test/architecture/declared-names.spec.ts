import { loadManifests } from '../../src/manifests.js';
import { sourceFiles, type SourceFile } from './source-files.js';

interface Kind {
  section: 'limits' | 'secrets';
  /** Where a name is used, as the first group. */
  use: RegExp;
  /** The declaration to add. */
  line(name: string): string;
}

const LIMITS: Kind = {
  section: 'limits',
  use: /\.(?:limits|tenants)\.(?:of|assertRoom|assertBelow|useToday|limitOf)\('(\w+)'/g,
  line: (name) => `${name}: { plans: { basic: 10, professional: 100, enterprise: 1000, custom: null } },`,
};
const SECRETS: Kind = {
  section: 'secrets',
  use: /\b(?:mintSecret|readSecret|secretOf)\('(\w+)'/g,
  line: (name) => `${name}: '<what it is good for>',`,
};

function uses({ use }: Kind, files: readonly SourceFile[]): { path: string; name: string }[] {
  return files.flatMap(({ path, text }) => [...text.matchAll(use)].map(([, name]) => ({ path, name: name! })));
}

/** Names that are used and that no manifest declares, each with the file and the line to add. */
async function undeclared(kind: Kind, files: readonly SourceFile[]): Promise<string[]> {
  const manifests = await loadManifests();
  const declared = new Set(manifests.flatMap(({ manifest }) => Object.keys(manifest[kind.section] ?? {})));
  return uses(kind, files)
    .filter(({ name }) => !declared.has(name))
    .map(({ path, name }) => {
      const [, folder, part] = path.split('/');
      return `${path} uses ${name}, which no manifest declares. Add to ${kind.section} in src/${folder}/${part}/${part}.manifest.ts: ${kind.line(name)}`;
    });
}

describe.each([LIMITS, SECRETS])('The $section of the program', (kind) => {
  const files = sourceFiles(['src'], ['.ts']).filter(({ path }) => !path.endsWith('.spec.ts'));

  it('are declared by manifests', async () => {
    expect(uses(kind, files).length).toBeGreaterThan(5);
    expect(await undeclared(kind, files)).toEqual([]);
  });

  it('are all used', async () => {
    const used = new Set(uses(kind, files).map(({ name }) => name));
    const manifests = await loadManifests();
    const declared = manifests.flatMap(({ manifest }) => Object.keys(manifest[kind.section] ?? {}));
    expect(declared.filter((name) => !used.has(name))).toEqual([]);
  });
});

it('A planted limit and a planted kind of secret are told with the file and the line to add', async () => {
  const path = 'src/modules/labels/labels.service.ts';
  const text = "await this.limits.assertRoom('labels', count); mintSecret('label', tenantId);";
  expect([...(await undeclared(LIMITS, [{ path, text }])), ...(await undeclared(SECRETS, [{ path, text }]))]).toEqual([
    `${path} uses labels, which no manifest declares. Add to limits in src/modules/labels/labels.manifest.ts: ` +
      'labels: { plans: { basic: 10, professional: 100, enterprise: 1000, custom: null } },',
    `${path} uses label, which no manifest declares. Add to secrets in src/modules/labels/labels.manifest.ts: ` +
      "label: '<what it is good for>',",
  ]);
});
