import { definePermissions } from '../identity/permissions.js';
import type { EntityModel } from './entity-model.js';
import { problemsOf } from './entity-rule-book.js';

definePermissions({ 'planted:read': 'viewer' });

describe('The rules of an entity', () => {
  const names = ['id', 'name', 'tokenHash'];
  const fields = new Map(names.map((name) => [name, {}])) as unknown as EntityModel['fields'];

  it('may name columns and declared permissions', () => {
    const rule = { fields: ['id', 'name'], secrets: ['tokenHash'], read: 'planted:read' };
    expect(problemsOf({ fields }, rule)).toEqual([]);
  });

  it('are refused for what is not there, with what to add', () => {
    const rule = { fields: ['id', 'tokenHash', 'colour'], secrets: ['tokenHash'], read: 'planted:raed' };
    expect(problemsOf({ fields }, rule)).toEqual([
      'has no column colour.',
      'shows the secret tokenHash.',
      'requires the permission planted:raed, which no manifest declares. Add to permissions in ' +
        "src/modules/<module>/<module>.manifest.ts: 'planted:raed': ['viewer', '<what it allows>'],",
    ]);
  });
});
