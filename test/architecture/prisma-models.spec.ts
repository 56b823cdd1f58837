import { sourceFiles, type SourceFile } from './source-files.js';

/** Models that belong to no tenant, or that only the platform reads. Everything else is a tenant's. */
const GLOBAL_MODELS = new Set([
  'PlatformAdmin',
  'PlatformIdempotencyRecord',
  'PlatformLoginAttempt',
  'PlatformSignInNetwork',
  'PlatformSession',
  'RateLimitCounter',
  'Tenant',
  'TenantProvisioningStep',
]);

interface Model {
  name: string;
  /** Where it is. */
  path: string;
  /** Lines without comments. */
  lines: string[];
}

function readModels({ path, text }: SourceFile): Model[] {
  const blocks = text.matchAll(/^model\s+(\w+)\s*\{\n(.*?)^\}/gms);
  return [...blocks].map(([, name, body]) => ({
    name: name!,
    path,
    lines: body!.split('\n').map((line) => line.replace(/\/\/.*$/, '').trim()),
  }));
}

/** Prisma fills now() in by itself, by the clock of the process. */
function foreignTimesOf({ name, lines }: Model): string[] {
  return lines.filter((line) => line.includes('@default(now())')).map((line) => `${name}: ${line}`);
}

function problemsOf(model: Model, models: Model[]): string[] {
  if (GLOBAL_MODELS.has(model.name)) return [];
  const problems: string[] = [];
  const keys = model.lines.flatMap((line) => {
    const [, kind, columns] = /^@@(id|unique|index)\(\s*(?:fields:\s*)?\[([^\]]*)\]/.exec(line) ?? [];
    return kind === undefined ? [] : [{ kind, first: firstOf(columns) }];
  });
  if (!keys.some(({ kind }) => kind === 'id'))
    problems.push('has no @@id that starts with tenantId: add @@id([tenantId, id])');
  for (const { kind, first } of keys)
    if (first !== 'tenantId')
      problems.push(`has an @@${kind} that starts with ${first}: write @@${kind}([tenantId, ${first}, …])`);
  for (const line of model.lines) {
    const [, single] = /\s@(id|unique)\b/.exec(line) ?? [];
    const [field] = line.split(/\s/);
    if (single)
      problems.push(
        `has a key of one column: write @@${single}([tenantId, ${field}]) in place of @${single} of ${field}`,
      );
    const [, columns] = /@relation\([^)]*fields:\s*\[([^\]]*)\]/.exec(line) ?? [];
    if (columns !== undefined && firstOf(columns) !== 'tenantId')
      problems.push(
        `has a foreign key that starts with ${firstOf(columns)}: write fields: [tenantId, ${firstOf(columns)}], references: [tenantId, …]`,
      );
    const [, other] = /^\w+\s+(\w+)\[\]/.exec(line) ?? [];
    const others = models.find(({ name }) => name === other);
    if (others?.lines.some((back) => new RegExp(`^\\w+\\s+${model.name}\\[\\]`).test(back))) {
      problems.push(`has an implicit many-to-many relation with ${other}`);
    }
  }
  return problems.map((problem) => `${model.path}: ${model.name} ${problem}.`);
}

const firstOf = (columns = ''): string => columns.split(',')[0]!.trim().replace(/\(.*/, '');

describe('Prisma models', () => {
  const models = sourceFiles(['prisma/schema'], ['.prisma']).flatMap(readModels);

  it('lead with the tenant in every key, index and foreign key, unless they are on the list of global ones', () => {
    expect(models.length).toBeGreaterThan(GLOBAL_MODELS.size);
    expect(models.flatMap((model) => problemsOf(model, models))).toEqual([]);
  });

  it('have the times of the database: @default(dbgenerated("transaction_timestamp()"))', () => {
    expect(models.flatMap(foreignTimesOf)).toEqual([]);
  });

  it('are all there that the list of global ones names', () => {
    const names = models.map(({ name }) => name);
    expect([...GLOBAL_MODELS].filter((name) => !names.includes(name))).toEqual([]);
  });

  it.each([
    ['id String @id', 'Planted has a key of one column: write @@id([tenantId, id]) in place of @id of id'],
    ['name String\n  @@id([id, tenantId])', 'Planted has an @@id that starts with id: write @@id([tenantId, id, …])'],
    [
      '@@id([tenantId, id])\n  @@unique([email])',
      'Planted has an @@unique that starts with email: write @@unique([tenantId, email, …])',
    ],
    [
      '@@id([tenantId, id])\n  @@index(fields: [email(ops: raw("x")), id])',
      'Planted has an @@index that starts with email: write @@index([tenantId, email, …])',
    ],
    [
      'email String @unique\n  @@id([tenantId, id])',
      'Planted has a key of one column: write @@unique([tenantId, email]) in place of @unique of email',
    ],
    [
      'user User @relation(fields: [userId], references: [id])\n  @@id([tenantId, id])',
      'Planted has a foreign key that starts with userId: write fields: [tenantId, userId], references: [tenantId, …]',
    ],
    ['planted Planted[]\n  @@id([tenantId, id])', 'Planted has an implicit many-to-many relation with Planted'],
    ['name String', 'Planted has no @@id that starts with tenantId: add @@id([tenantId, id])'],
  ])('would be caught: %s', (body, problem) => {
    const planted = readModels({ path: 'planted.prisma', text: `model Planted {\n  ${body}\n}\n` });
    expect(planted.flatMap((model) => problemsOf(model, planted))).toContain(`planted.prisma: ${problem}.`);
  });
});
