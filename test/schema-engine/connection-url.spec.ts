import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { parseDatabaseUrl, poolConfig, withDatabase } from '../../scripts/schema-engine/connection-url.ts';

interface PgParameters {
  host: string;
  port: number;
  user: string;
  password: string;
  database: string;
  ssl: false | { ca?: string; rejectUnauthorized?: boolean };
  application_name?: string;
  options?: string;
}

/** What `pg` makes of a URL after the bridge had it. */
function asPgSeesIt(target: ReturnType<typeof parseDatabaseUrl>): PgParameters {
  const client = new pg.Client(poolConfig(target)) as unknown as { connectionParameters: PgParameters };
  return client.connectionParameters;
}
const parse = (url: string): PgParameters => asPgSeesIt(parseDatabaseUrl(url));

describe('the URL of the database', () => {
  const PLAIN = 'postgresql://me:p%40ss@db.example:6543/main';
  let folder: string;
  let certificate: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenantry-tls-'));
    certificate = join(folder, 'root.crt');
    writeFileSync(certificate, 'the root certificate');
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('reaches pg with everything it names', () => {
    expect(parse(PLAIN)).toMatchObject({
      host: 'db.example',
      port: 6543,
      user: 'me',
      password: 'p@ss',
      database: 'main',
      ssl: false,
    });
    expect(parse(`${PLAIN}?application_name=migrations&options=-c%20jit%3Doff`)).toMatchObject({
      application_name: 'migrations',
      options: '-c jit=off',
    });
  });

  it('carries TLS modes and files', () => {
    expect(parse(`${PLAIN}?sslmode=verify-full&sslrootcert=${certificate}`).ssl).toEqual({
      ca: 'the root certificate',
    });
    expect(parse(`${PLAIN}?sslmode=no-verify`).ssl).toEqual({ rejectUnauthorized: false });
    expect(parse(`${PLAIN}?sslmode=require&uselibpqcompat=true`).ssl).toEqual({ rejectUnauthorized: false });
    expect(parse(`${PLAIN}?sslmode=disable`).ssl).toBe(false);
  });

  it("translates Prisma's own name for accepting certificates", () => {
    expect(parse(`${PLAIN}?sslmode=require&sslaccept=accept_invalid_certs`).ssl).toEqual({ rejectUnauthorized: false });
    expect(parse(`${PLAIN}?sslmode=require&sslaccept=strict`).ssl).toEqual({});
    expect(parse(`${PLAIN}?sslmode=disable&sslaccept=strict`).ssl).toBe(false);
  });

  it('refuses a certificate file that is not there', () => {
    expect(() => parse(`${PLAIN}?sslrootcert=${certificate}.missing`)).toThrow('ENOENT');
  });

  it('takes host and port from the query', () => {
    expect(parse('postgresql://me@localhost/main?host=/run/postgresql&port=5433')).toMatchObject({
      host: '/run/postgresql',
      port: 5433,
      database: 'main',
    });
  });

  it("understands Prisma's schema and seconds of patience", () => {
    const target = parseDatabaseUrl(`${PLAIN}?schema=core&connect_timeout=3&connection_limit=5&pgbouncer=true`);
    expect(target).toMatchObject({ schema: 'core', connectionTimeoutMillis: 3000, connectionString: PLAIN });
    expect(parseDatabaseUrl(PLAIN)).toMatchObject({ schema: 'public', connectionTimeoutMillis: 5000 });
    expect(() => parseDatabaseUrl(`${PLAIN}?connect_timeout=soon`)).toThrow('connect_timeout');
  });

  it('keeps every option when it is pointed at another database', () => {
    const other = withDatabase(parseDatabaseUrl(`${PLAIN}?sslmode=no-verify&application_name=x`), 'shadow');
    expect(asPgSeesIt(other)).toMatchObject({
      host: 'db.example',
      password: 'p@ss',
      database: 'shadow',
      ssl: { rejectUnauthorized: false },
      application_name: 'x',
    });
  });

  it('is refused without being shown when it is none', () => {
    for (const url of ['mysql://me:secret@db/main', 'me:secret@db']) {
      expect(() => parseDatabaseUrl(url)).toThrow(/^(?!.*secret).*postgresql:/);
    }
  });
});
