import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Actor } from '../identity/actor.js';
import { isPermission, undeclared } from '../identity/permissions.js';
import { ForbiddenError, NotFoundError } from '../errors/app-error.js';
import { StartupError } from '../errors/startup.error.js';
import { EntityCatalog } from './entity-catalog.js';
import type { EntityModel } from './entity-model.js';
import { type EntityAction, type EntityRule, isWithheld } from '../manifest/entity-rules.js';
import { Manifests } from '../manifest/manifests.js';

const ACTIONS: EntityAction[] = ['read', 'create', 'update', 'delete'];

export interface Entity {
  readonly model: EntityModel;
  readonly rule: EntityRule;
}

/** Permissions of each action on each entity. Anything not declared is denied. */
@Injectable()
export class EntityRuleBook implements OnApplicationBootstrap {
  constructor(
    private readonly catalog: EntityCatalog,
    private readonly manifests: Manifests,
  ) {}

  /** @throws StartupError for rules that name unknown models or fields, or expose a secret. */
  async onApplicationBootstrap(): Promise<void> {
    await this.catalog.load();
    const problems = [...this.manifests.entities].flatMap(([name, rule]) => {
      const model = this.catalog.find(name);
      const found = model ? (isWithheld(rule) ? [] : problemsOf(model, rule)) : ['is no model. Remove it.'];
      return found.map((problem) => `${this.manifests.fileOf('entities', name)}: ${name} ${problem}`);
    });
    if (problems.length > 0) throw new StartupError(problems);
  }

  /**
   * @throws NotFoundError `entity.not_found` for undeclared and withheld entities alike, so that the response does not
   * reveal which.
   */
  get(name: string): Entity {
    const rule = this.manifests.entities.get(name);
    const model = this.catalog.find(name);
    if (!rule || !model || isWithheld(rule)) throw new NotFoundError('entity');
    return { model, rule };
  }

  /**
   * @throws ForbiddenError `entity.action_denied` if the action is never allowed, `auth.forbidden` if the actor lacks
   * the permission.
   */
  assertAllowed(actor: Actor, { model, rule }: Entity, action: EntityAction): void {
    const permission = rule[action];
    if (permission === undefined) throw actionDenied(model, action);
    if (!actor.permissions.has(permission)) throw new ForbiddenError();
  }
}

export function actionDenied({ name }: EntityModel, action: EntityAction): ForbiddenError {
  return new ForbiddenError('entity.action_denied', `${name} does not allow ${action} by name.`);
}

/** Returns the problems of a rule, each as the predicate of a sentence whose subject is the entity. */
export function problemsOf({ fields }: Pick<EntityModel, 'fields'>, rule: EntityRule): string[] {
  const secrets = rule.secrets ?? [];
  const unknown = [...rule.fields, ...secrets].filter((field) => !fields.has(field));
  const shown = rule.fields.filter((field) => secrets.includes(field));
  const required = ACTIONS.flatMap((action) => rule[action] ?? []);
  return [
    ...unknown.map((field) => `has no column ${field}.`),
    ...shown.map((field) => `shows the secret ${field}.`),
    ...required.filter((permission) => !isPermission(permission)).map(undeclared),
  ];
}
