import { type RegisteredWriter, uselessRights } from './entity-writer-registry.js';
import type { EntityRule, WithheldEntity } from '../manifest/entity-rules.js';
import { Manifests } from '../manifest/manifests.js';

const RULE: EntityRule = { fields: ['id'], read: 'label:read', create: 'label:create', delete: 'label:delete' };
const WRITER: RegisteredWriter = {
  entity: 'Label',
  create: class {},
  writer: { create: async () => '', delete: async () => undefined },
};

const declaring = (rule: EntityRule | WithheldEntity) =>
  new Manifests([{ file: 'label.manifest.ts', manifest: { entities: { Label: rule } } }]);

describe('Rights to write entities', () => {
  const problems = (rule: EntityRule, writer?: RegisteredWriter) => uselessRights(declaring(rule), () => writer);

  it('are refused where nothing can write, with what to add and where', () => {
    expect(problems(RULE)).toEqual([
      expect.stringMatching(
        /Label has the right `create: 'label:create'` in label\.manifest\.ts.*Add create\(\) to the class with @EntityWriter\('Label', …\)/,
      ),
      expect.stringContaining("`delete: 'label:delete'`"),
    ]);
    expect(problems({ ...RULE, update: 'label:update' }, WRITER)).toEqual([
      expect.stringContaining("`update: 'label:update'`"),
    ]);
  });

  it('stand where a service or the rule itself provides for them', () => {
    expect(problems(RULE, WRITER)).toEqual([]);
    expect(problems({ ...RULE, direct: { create: class {} } })).toEqual([]);
    expect(uselessRights(declaring({ withheld: 'Nobody.' }), () => undefined)).toEqual([]);
  });
});
