import { nounOf } from '../../src/common/gateway/entity-model.js';

/** Models that no module has decided on, each with what to add and where. */
export function undecided(models: string[], declared: { has(name: string): boolean }): string[] {
  return models
    .filter((name) => !declared.has(name))
    .map(
      (name) =>
        `Nobody decided whether the rows of ${name} can be reached by its name. Add to entities in src/modules/<module>/<module>.manifest.ts: ` +
        `${name}: { fields: ['id'], read: '${nounOf({ name })}:read' }, with the columns that may be shown, ` +
        `or ${name}: { withheld: '<why>' },`,
    );
}
