import { Injectable } from '@nestjs/common';
import { largeColumns, withLargeValues } from '../../../common/dbal/large-values.repository.js';
import { paginate } from '../../../common/dbal/paginate.js';
import { constraintErrors } from '../../../common/prisma/constraint-errors.js';
import { PrismaService } from '../../../common/prisma/prisma.service.js';
import { everyWordIn } from '../../../common/prisma/text-search.js';
import type { Prisma } from '../../../generated/prisma/client.js';
import { luaScriptNameTaken } from './lua-scripts.errors.js';
import type {
  ListedLuaScript,
  LuaScript,
  LuaScriptChanges,
  LuaScriptOrder,
  NewLuaScript,
} from './lua-scripts.types.js';

const FACTS = {
  id: true,
  name: true,
  description: true,
  parameters: true,
  returnType: true,
  isSandboxed: true,
  allowedGlobals: true,
  timeoutMs: true,
  createdBy: true,
  version: true,
  definitionVersion: true,
  createdAt: true,
  updatedAt: true,
} satisfies Prisma.LuaScriptSelect;

const COLUMNS = { ...FACTS, code: true } satisfies Prisma.LuaScriptSelect;

const LARGE = largeColumns('lua_scripts', { code: 'code' });

const namingConflicts = constraintErrors({ lua_scripts_tenant_id_name_key: luaScriptNameTaken });

@Injectable()
export class LuaScriptsRepository {
  constructor(private readonly prisma: PrismaService) {}

  findPage(
    search: string | undefined,
    window: { skip: number; take: number; orderBy: LuaScriptOrder },
  ): Promise<{ rows: ListedLuaScript[]; total: number }> {
    const where = { AND: everyWordIn(search, ['name', 'description']) };
    return paginate(
      window,
      () => this.prisma.luaScript.findMany({ where, select: FACTS, ...window }),
      () => this.prisma.luaScript.count({ where }),
      (rows) => withLargeValues<(typeof rows)[number], LuaScript, 'code'>(this.prisma, LARGE, rows),
    );
  }

  async findById(id: string): Promise<LuaScript | null> {
    return toScript(await this.prisma.luaScript.findFirst({ where: { id }, select: COLUMNS }));
  }

  /** Locks the row until the running transaction ends. */
  async findForUpdate(id: string): Promise<LuaScript | null> {
    await this.prisma.$executeRaw`SELECT 1 FROM lua_scripts WHERE id = ${id}::uuid FOR UPDATE`;
    return this.findById(id);
  }

  /** Returns those of the ids that belong to scripts of the tenant. */
  async findExisting(ids: string[]): Promise<string[]> {
    if (ids.length === 0) return [];
    const rows = await this.prisma.luaScript.findMany({ where: { id: { in: ids } }, select: { id: true } });
    return rows.map(({ id }) => id);
  }

  count(): Promise<number> {
    return this.prisma.luaScript.count();
  }

  create(script: NewLuaScript & { createdBy: string | null }): Promise<LuaScript> {
    return namingConflicts(async () => {
      const data = { ...script, parameters: script.parameters as unknown as Prisma.InputJsonArray | undefined };
      return toScript(await this.prisma.luaScript.create({ data, select: COLUMNS }))!;
    });
  }

  /**
   * Returns null if there is no such script.
   * @param definitionVersion the version number that the change results in.
   */
  update(id: string, changes: LuaScriptChanges, definitionVersion: number): Promise<LuaScript | null> {
    return namingConflicts(async () => {
      const parameters = changes.parameters as unknown as Prisma.InputJsonArray | undefined;
      const [row] = await this.prisma.luaScript.updateManyAndReturn({
        where: { id },
        data: { ...changes, parameters, definitionVersion, version: { increment: 1 } },
        select: COLUMNS,
      });
      return toScript(row ?? null);
    });
  }

  async delete(id: string): Promise<void> {
    await this.prisma.luaScript.deleteMany({ where: { id } });
  }
}

/** The casts are safe: text and JSON columns were validated before they were written. */
function toScript(row: object | null): LuaScript | null {
  return row as LuaScript | null;
}
