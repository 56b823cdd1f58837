import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import type { Actor } from '../identity/actor.js';
import { isPermission } from '../identity/permissions.js';
import { ForbiddenError, NotFoundError } from '../errors/app-error.js';
import { EntityCatalog } from './entity-catalog.js';
import type { EntityModel } from './entity-model.js';
import { declaredEntities, type EntityAction, type EntityRule, isWithheld } from '../manifest/entity-rules.js';

const ACTIONS: EntityAction[] = ['read', 'create', 'update', 'delete'];

export interface Entity {
  readonly model: EntityModel;
  readonly rule: EntityRule;
}

/** Who may do what to which entity. Everything that nobody declared is denied. */
@Injectable()
export class EntityRuleBook implements OnApplicationBootstrap {
  constructor(private readonly catalog: EntityCatalog) {}

  /** @throws Error for a rule that names what does not exist, or shows a secret. */
  async onApplicationBootstrap(): Promise<void> {
    await this.catalog.load();
    for (const [name, rule] of declaredEntities()) {
      const model = this.catalog.find(name);
      if (!model) throw new Error(`Rules are declared for ${name}, which is no model.`);
      if (!isWithheld(rule)) assertSound(model, rule);
    }
  }

  /** @throws NotFoundError `entity.not_found` for what is not declared or withheld: nobody can tell which. */
  get(name: string): Entity {
    const rule = declaredEntities().get(name);
    const model = this.catalog.find(name);
    if (!rule || !model || isWithheld(rule)) throw new NotFoundError('entity');
    return { model, rule };
  }

  /** @throws ForbiddenError `entity.action_denied` for what nobody may, `auth.forbidden` for what the actor may not. */
  assertAllowed(actor: Actor, { model, rule }: Entity, action: EntityAction): void {
    const permission = rule[action];
    if (permission === undefined) throw actionDenied(model, action);
    if (!actor.permissions.has(permission)) throw new ForbiddenError();
  }
}

export function actionDenied({ name }: EntityModel, action: EntityAction): ForbiddenError {
  return new ForbiddenError('entity.action_denied', `Nobody may ${action} ${name} in this way.`);
}

function assertSound({ name, fields }: EntityModel, rule: EntityRule): void {
  const secrets = rule.secrets ?? [];
  const unknown = [...rule.fields, ...secrets].filter((field) => !fields.has(field));
  if (unknown.length > 0) throw new Error(`${name} has no such columns: ${unknown.join(', ')}.`);
  const shown = rule.fields.filter((field) => secrets.includes(field));
  if (shown.length > 0) throw new Error(`${name} shows secrets: ${shown.join(', ')}.`);
  for (const action of ACTIONS) {
    const permission = rule[action];
    if (permission !== undefined && !isPermission(permission)) {
      throw new Error(`${name} asks for ${permission}, which nobody declared.`);
    }
  }
}
