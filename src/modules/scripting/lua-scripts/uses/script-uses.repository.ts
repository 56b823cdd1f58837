import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../../common/prisma/prisma.service.js';
import { databaseNow } from '../../../../common/time/database-clock.js';
import type { ScriptUse } from './script-uses.types.js';

/** A workflow that uses a script, and its owner. */
export interface ScriptUser {
  workflowId: string;
  ownerId: string;
}

/** Stores which version of each script a workflow uses. */
@Injectable()
export class ScriptUsesRepository {
  constructor(private readonly prisma: PrismaService) {}

  /**
   * Locks until the running transaction ends, so that creating a dependency on a script and deleting a script cannot
   * overlap.
   */
  async lockUse(): Promise<void> {
    await this.prisma.$executeRaw`SELECT app.lock_in_tenant('lua_scripts')`;
  }

  /** Returns names of active workflows that run the script, at most `limit`. */
  async findActiveNames(scriptId: string, limit: number): Promise<string[]> {
    const rows = await this.prisma.workflow.findMany({
      where: { status: 'active', nodes: { array_contains: [{ type: 'lua', config: { scriptId } }] } },
      select: { name: true },
      orderBy: { name: 'asc' },
      take: limit,
    });
    return rows.map(({ name }) => name);
  }

  /** Ordered by script name. */
  find(workflowId: string, scriptIds: readonly string[]): Promise<ScriptUse[]> {
    return this.prisma.$queryRaw<ScriptUse[]>`
      SELECT l.id AS "scriptId", l.name, s.version, s.taken_by AS "takenBy", s.taken_at AS "takenAt",
        l.definition_version AS "newestVersion", v.saved_by AS "savedBy", v.created_at AS "savedAt"
      FROM lua_scripts l
        LEFT JOIN workflow_scripts s ON s.script_id = l.id AND s.workflow_id = ${workflowId}::uuid
        LEFT JOIN lua_script_versions v ON v.script_id = l.id AND v.number = l.definition_version
      WHERE l.id = ANY (${[...scriptIds]}::uuid[])
      ORDER BY l.name`;
  }

  /**
   * Makes the workflow use the newest versions of scripts that it does not use yet; others keep their version. Locks
   * the scripts, so that no further version is saved before the running transaction ends.
   */
  async takeNewest(workflowId: string, scriptIds: readonly string[], takenBy: string | null): Promise<void> {
    await this.prisma.$executeRaw`
      WITH script AS (
        SELECT * FROM lua_scripts WHERE id = ANY (${[...scriptIds]}::uuid[]) ORDER BY id FOR SHARE
      ), kept AS (
        -- Of a script that an older version of the program made.
        INSERT INTO lua_script_versions (script_id, number, code, parameters, return_type, allowed_globals, timeout_ms, saved_by)
        SELECT id, definition_version, code, parameters, return_type, allowed_globals, timeout_ms, created_by FROM script
        ON CONFLICT DO NOTHING
      )
      INSERT INTO workflow_scripts (workflow_id, script_id, version, taken_by)
      SELECT ${workflowId}::uuid, id, definition_version, ${takenBy}::uuid FROM script
      ON CONFLICT DO NOTHING`;
  }

  /** Removes scripts that a workflow no longer needs. */
  async forget(workflowId: string, scriptIds: readonly string[]): Promise<void> {
    await this.prisma.workflowScript.deleteMany({ where: { workflowId, scriptId: { in: [...scriptIds] } } });
  }

  /** Makes a workflow use the same versions as another one. */
  async copy(fromWorkflowId: string, toWorkflowId: string): Promise<void> {
    await this.prisma.$executeRaw`
      INSERT INTO workflow_scripts (workflow_id, script_id, version, taken_by)
      SELECT ${toWorkflowId}::uuid, script_id, version, taken_by FROM workflow_scripts WHERE workflow_id = ${fromWorkflowId}::uuid
      ON CONFLICT DO NOTHING`;
  }

  /** Makes a workflow use that version. Returns false if there is no such version. */
  async take(workflowId: string, scriptId: string, version: number, takenBy: string | null): Promise<boolean> {
    const count = await this.prisma.$executeRaw`
      INSERT INTO workflow_scripts (workflow_id, script_id, version, taken_by)
      SELECT ${workflowId}::uuid, script_id, number, ${takenBy}::uuid FROM lua_script_versions
      WHERE script_id = ${scriptId}::uuid AND number = ${version}
      ON CONFLICT (tenant_id, workflow_id, script_id) DO UPDATE SET
        version = excluded.version, taken_by = excluded.taken_by, taken_at = now()`;
    return count > 0;
  }

  /**
   * Returns the workflows that use a script, and locks them: their owners cannot change before the running transaction
   * ends.
   */
  holdUsers(scriptId: string): Promise<ScriptUser[]> {
    return this.prisma.$queryRaw<ScriptUser[]>`
      SELECT w.id AS "workflowId", w.user_id AS "ownerId"
      FROM workflow_scripts s JOIN workflows w ON w.id = s.workflow_id
      WHERE s.script_id = ${scriptId}::uuid
      ORDER BY w.id FOR SHARE OF w`;
  }

  async advance(
    scriptId: string,
    version: number,
    workflowIds: readonly string[],
    takenBy: string | null,
  ): Promise<void> {
    await this.prisma.workflowScript.updateMany({
      where: { scriptId, workflowId: { in: [...workflowIds] } },
      data: { version, takenBy, takenAt: databaseNow() },
    });
  }
}
