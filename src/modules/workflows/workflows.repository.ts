import { Injectable } from '@nestjs/common';
import type { JsonObject, JsonValue } from '../../common/json/json-object.js';
import { largeColumns, withLargeValues } from '../../common/dbal/large-values.repository.js';
import { paginate } from '../../common/dbal/paginate.js';
import { constraintErrors } from '../../common/prisma/constraint-errors.js';
import { PrismaService } from '../../common/prisma/prisma.service.js';
import { everyWordIn } from '../../common/prisma/text-search.js';
import { Prisma } from '../../generated/prisma/client.js';
import type { WorkflowDefinition } from './definitions/definition.types.js';
import { workflowNameTaken } from './workflows.errors.js';
import type {
  ListedWorkflow,
  ListeningWorkflow,
  Workflow,
  WorkflowFilter,
  WorkflowOrder,
  WorkflowStatus,
  WorkflowSummary,
} from './workflows.types.js';

const FACTS = {
  id: true,
  name: true,
  description: true,
  userId: true,
  createdBy: true,
  trigger: true,
  status: true,
  version: true,
  definitionVersion: true,
  packageId: true,
  handedOverFrom: true,
  handedOverAt: true,
  nextRunAt: true,
  createdAt: true,
  updatedAt: true,
} satisfies Prisma.WorkflowSelect;

const LARGE = largeColumns('workflows', { triggerConfig: 'trigger_config', settings: 'settings' });

const COLUMNS = {
  ...FACTS,
  triggerConfig: true,
  settings: true,
  nodes: true,
  edges: true,
  config: true,
} satisfies Prisma.WorkflowSelect;

/** Without definitions: thousands of workflows may wait for an event that starts few of them. */
const LISTENING = { id: true, userId: true, triggerConfig: true } satisfies Prisma.WorkflowSelect;

export interface NewWorkflow {
  definition: WorkflowDefinition;
  userId: string;
  createdBy: string | null;
  /** Set if the workflow must be activated by its owner. */
  handedOverAt: Date | null;
  config: JsonValue;
}

const namingConflicts = constraintErrors({ workflows_tenant_id_name_key: workflowNameTaken });

@Injectable()
export class WorkflowsRepository {
  constructor(private readonly prisma: PrismaService) {}

  findPage(
    filter: WorkflowFilter,
    window: { skip: number; take: number; orderBy: WorkflowOrder },
  ): Promise<{ rows: ListedWorkflow[]; total: number }> {
    const where = toWhere(filter);
    return paginate(
      window,
      () => this.prisma.workflow.findMany({ where, select: FACTS, ...window }),
      () => this.prisma.workflow.count({ where }),
      (rows) =>
        withLargeValues<(typeof rows)[number], WorkflowSummary, 'triggerConfig' | 'settings'>(this.prisma, LARGE, rows),
    );
  }

  async findById(id: string): Promise<Workflow | null> {
    return toWorkflow(await this.prisma.workflow.findFirst({ where: { id }, select: COLUMNS }));
  }

  /** Locks the row until the running transaction ends. */
  async findForUpdate(id: string): Promise<Workflow | null> {
    await this.prisma.$executeRaw`SELECT 1 FROM workflows WHERE id = ${id}::uuid FOR UPDATE`;
    return this.findById(id);
  }

  create({ definition, config, ...owners }: NewWorkflow): Promise<Workflow> {
    return namingConflicts(async () => {
      const data = { ...owners, ...columnsOf(definition), config: config ?? Prisma.DbNull };
      return toWorkflow(await this.prisma.workflow.create({ data, select: COLUMNS }))!;
    });
  }

  /** Saves a new definition as version `number`. Returns null if there is no such workflow. */
  updateDefinition(id: string, definition: WorkflowDefinition, number: number): Promise<Workflow | null> {
    return namingConflicts(() => this.updateOne({ id }, { ...columnsOf(definition), definitionVersion: number }));
  }

  /** Returns null if there is no such workflow, or its status is not one of `from`. */
  changeStatus(id: string, from: readonly WorkflowStatus[], to: WorkflowStatus): Promise<Workflow | null> {
    // Activating a workflow approves it.
    const takenOver = to === 'active' ? { handedOverFrom: null, handedOverAt: null } : {};
    return this.updateOne({ id, status: { in: [...from] } }, { status: to, ...takenOver });
  }

  async delete(id: string): Promise<void> {
    await this.prisma.workflow.deleteMany({ where: { id } });
  }

  count(): Promise<number> {
    return this.prisma.workflow.count();
  }

  /**
   * Changes neither the version nor `updatedAt`, which Prisma would set, because users do not see this as a change of
   * the workflow.
   */
  async setNextRun(id: string, nextRunAt: Date | null): Promise<void> {
    await this.prisma.$executeRaw`UPDATE workflows SET next_run_at = ${nextRunAt}::timestamptz WHERE id = ${id}::uuid`;
  }

  /**
   * Returns the configuration of an active schedule that is due at that time. Locks the row until the running
   * transaction ends.
   */
  async findScheduleForUpdate(id: string, dueAt: Date): Promise<JsonObject | null> {
    await this.prisma.$executeRaw`SELECT 1 FROM workflows WHERE id = ${id}::uuid FOR UPDATE`;
    const row = await this.prisma.workflow.findFirst({
      where: { id, status: 'active', trigger: 'schedule', nextRunAt: dueAt },
      select: { triggerConfig: true },
    });
    return row && (row.triggerConfig as JsonObject);
  }

  /** Returns active workflows that an event of this name starts. */
  async findListening(eventName: string): Promise<ListeningWorkflow[]> {
    const rows = await this.prisma.workflow.findMany({
      where: { status: 'active', trigger: 'event', triggerConfig: { path: ['name'], equals: eventName } },
      select: LISTENING,
      orderBy: { id: 'asc' },
    });
    return rows as ListeningWorkflow[];
  }

  /**
   * Locks until the running transaction ends, so that concurrent transactions count workflows and add one after the
   * other.
   */
  async lockCount(): Promise<void> {
    await this.prisma.$executeRaw`SELECT app.lock_in_tenant('workflows')`;
  }

  private async updateOne(
    where: Prisma.WorkflowWhereInput,
    data: Prisma.WorkflowUncheckedUpdateManyInput,
  ): Promise<Workflow | null> {
    const [row] = await this.prisma.workflow.updateManyAndReturn({
      where,
      data: { ...data, version: { increment: 1 } },
      select: COLUMNS,
    });
    return toWorkflow(row ?? null);
  }
}

function columnsOf({ description, ...definition }: WorkflowDefinition) {
  // Prisma's types of JSON columns do not accept interfaces.
  const { nodes, edges, settings, triggerConfig } = definition as unknown as Record<string, Prisma.InputJsonValue>;
  const { name, trigger } = definition;
  return {
    name,
    trigger,
    description: description ?? null,
    nodes: nodes!,
    edges: edges!,
    settings: settings!,
    triggerConfig: triggerConfig!,
  };
}

function toWhere({ search, status, trigger, userId, pendingHandover }: WorkflowFilter): Prisma.WorkflowWhereInput {
  const pending = { handedOverAt: { not: null }, status: { not: 'active' } };
  return {
    status,
    trigger,
    userId,
    AND: [
      ...everyWordIn(search, ['name', 'description']),
      ...(pendingHandover === undefined ? [] : [pendingHandover ? pending : { NOT: pending }]),
    ],
  };
}

/** The casts are safe: `columnsOf` wrote the text and JSON columns, and the database checks the rest. */
function toWorkflow(row: object | null): Workflow | null {
  return row as Workflow | null;
}
