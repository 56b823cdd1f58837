import { Injectable } from '@nestjs/common';
import { PrismaService } from '../../../../common/prisma/prisma.service.js';
import type { Prisma } from '../../../../generated/prisma/client.js';
import type { LuaScript } from '../lua-scripts.types.js';
import type { ScriptVersion, ScriptVersionSummary } from './script-versions.types.js';

const SUMMARY = { number: true, savedBy: true, createdAt: true } satisfies Prisma.LuaScriptVersionSelect;

/** Versions are immutable: the application's role has no right to update them. */
@Injectable()
export class ScriptVersionsRepository {
  constructor(private readonly prisma: PrismaService) {}

  /** Newest first, without code and options. */
  async findPage(
    scriptId: string,
    slice: { skip: number; take: number },
  ): Promise<{ rows: ScriptVersionSummary[]; total: number }> {
    const where = { scriptId };
    const [rows, total] = await Promise.all([
      this.prisma.luaScriptVersion.findMany({ where, select: SUMMARY, orderBy: { number: 'desc' }, ...slice }),
      this.prisma.luaScriptVersion.count({ where }),
    ]);
    return { rows, total };
  }

  async find(scriptId: string, number: number): Promise<ScriptVersion | null> {
    const row = await this.prisma.luaScriptVersion.findFirst({
      where: { scriptId, number },
      select: {
        ...SUMMARY,
        code: true,
        parameters: true,
        returnType: true,
        allowedGlobals: true,
        timeoutMs: true,
      },
    });
    return row as ScriptVersion | null;
  }

  /** Saves the script's current source under its version number. */
  async create(script: LuaScript, savedBy: string | null): Promise<void> {
    const { id: scriptId, definitionVersion: number, code, returnType, allowedGlobals, timeoutMs } = script;
    const parameters = script.parameters as unknown as Prisma.InputJsonArray;
    await this.prisma.luaScriptVersion.createMany({
      data: { scriptId, number, code, parameters, returnType, allowedGlobals, timeoutMs, savedBy },
    });
  }

  /**
   * Deletes versions before `number` that are used neither by a workflow nor by a run of a workflow that ever used the
   * script. (Uses of a script are kept permanently.)
   */
  async prune(scriptId: string, number: number): Promise<void> {
    await this.prisma.$executeRaw`
      DELETE FROM lua_script_versions v
      WHERE v.script_id = ${scriptId}::uuid AND v.number < ${number}
        AND NOT EXISTS (SELECT FROM workflow_scripts s WHERE s.script_id = v.script_id AND s.version = v.number)
        AND NOT EXISTS (
          SELECT FROM workflow_scripts s JOIN workflow_runs r ON r.workflow_id = s.workflow_id
          WHERE s.script_id = v.script_id AND r.script_versions @> jsonb_build_object(v.script_id, v.number))`;
  }
}
