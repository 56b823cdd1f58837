import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { packageRoot } from '../config/package-root.js';
import { PrismaService } from './prisma.service.js';

/** Returns the names of the migrations in this build, oldest first. */
export function knownMigrations(folder: string = join(packageRoot(), 'prisma', 'migrations')): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

/** Compares the migrations applied to the database with those of this build. */
@Injectable()
export class SchemaStateService {
  readonly #known = knownMigrations();

  constructor(private readonly prisma: PrismaService) {}

  /**
   * Not ok if migrations are missing or unfinished. Additional ones are ok, so that a new release may migrate while the
   * old one still runs.
   */
  async check(): Promise<{ ok: boolean; detail: string }> {
    const { rows } = await this.prisma.pool.query<{ migration: string; finished: boolean }>(
      'SELECT migration, finished FROM app.schema_state()',
    );
    const failed = rows.filter((row) => !row.finished).map((row) => row.migration);
    if (failed.length > 0) return { ok: false, detail: `Migrations failed or are running: ${failed.join(', ')}` };
    const applied = new Set(rows.map((row) => row.migration));
    const missing = this.#known.filter((name) => !applied.has(name));
    if (missing.length > 0)
      return { ok: false, detail: `Migrations are missing: ${missing.join(', ')}. Run npm run db:migrate:deploy.` };
    return { ok: true, detail: `${applied.size} migrations applied` };
  }
}
