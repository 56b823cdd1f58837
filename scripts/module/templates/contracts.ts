import { withArticle } from '../names.ts';
import type { NewModule } from '../new-module.ts';

/** `<module>.manifest.ts` */
export function manifest({ names: { Model, noun, words }, fields, parent }: NewModule): string {
  const own = [...(parent ? [parent.field] : []), ...fields.map(({ name }) => name)];
  const shown = ['id', ...own, 'version', 'createdAt', 'updatedAt'];
  return `import type { Manifest } from '../../common/manifest/manifest.js';

export const manifest: Manifest = {
  permissions: {
    '${noun}:read': ['viewer', 'See ${words}'],
    '${noun}:create': ['member', 'Create ${words}'],
    '${noun}:update': ['member', 'Change ${words}'],
    '${noun}:delete': ['manager', 'Delete ${words}'],
  },
  entities: {
    ${Model}: {
      fields: [${shown.map((name) => `'${name}'`).join(', ')}],
      read: '${noun}:read',
      create: '${noun}:create',
      update: '${noun}:update',
      delete: '${noun}:delete',
    },
  },
};
`;
}

/** `<module>.events.ts` */
export function events({ names: { module, item, noun, word, Model }, fields }: NewModule): string {
  const subject = withArticle(word);
  const sentence = (rest: string): string => `${subject.charAt(0).toUpperCase()}${subject.slice(1)} ${rest}`;
  return `import type { ChangeTarget } from '../../common/events/change-log.js';
import { defineEvents } from '../../common/events/event-catalog.js';
import type { Actor } from '../../common/identity/actor.js';
import type { ${Model} } from './${module}.types.js';

const of = (description: string, more: object = {}) => ({
  description,
  example: {
    actor: { kind: 'user', id: '01890000-0000-7000-8000-0000000000a0' },
    ${item}: { id: '01890000-0000-7000-8000-0000000000a1', version: 1 },
    ...more,
  },
});

defineEvents({
  '${noun}.created': of('${sentence('was created.')}'),
  '${noun}.updated': of('${sentence('was changed; `changed` names the fields.')}', { changed: ['${fields[0]!.name}'] }),
  '${noun}.deleted': of('${sentence('was deleted.')}'),
});

/** The payload of the module's events. */
export function changed(actor: Actor, { id, version }: ${Model}): ChangeTarget {
  return { type: '${noun}', id, payload: { actor: { kind: actor.kind, id: actor.id }, ${item}: { id, version } } };
}
`;
}

/** `<module>.errors.ts` */
export function errors({ names: { item, noun, word }, fields, parent }: NewModule): string {
  const uniques = fields.filter(({ isUnique }) => isUnique);
  const classes = [
    'NotFoundError',
    ...(uniques.length > 0 ? ['ConflictError'] : []),
    ...(parent ? ['UnprocessableError'] : []),
  ];
  const taken = uniques.map(
    ({ Name, column, words }) => `
export const ${item}${Name}Taken = () =>
  new ConflictError('${noun}.${column}_taken', 'Another ${word} has this ${words}.');
`,
  );
  const orphan = parent
    ? `
export const ${item}${parent.Model}Missing = () =>
  new UnprocessableError('${noun}.${parent.column.replace(/_id$/, '')}_missing', 'There is no such ${parent.column.replace(/_id$/, '').replaceAll('_', ' ')}.');
`
    : '';
  return `import { ${classes.sort().join(', ')} } from '../../common/errors/app-error.js';

export const ${item}NotFound = () => new NotFoundError('${noun}');
${taken.join('')}${orphan}`;
}

/** `<module>.types.ts` */
export function types({ names: { CONSTANT, Model, Models }, fields, parent }: NewModule): string {
  const parentLine = parent ? `  ${parent.field}: string;\n` : '';
  const facts = fields.map(({ name, type, isNullable }) => `  ${name}: ${type.inside}${isNullable ? ' | null' : ''};`);
  const given = fields.map(
    ({ name, type, isNullable }) => `  ${name}${isNullable ? '?' : ''}: ${type.inside}${isNullable ? ' | null' : ''};`,
  );
  const sorts = ['createdAt', 'updatedAt', ...fields.filter(({ type }) => type.isSortable).map(({ name }) => name)];
  const filter = parent ? `  ${parent.field}?: string;\n` : '';
  return `import type { PageQuery, SortOrder } from '../../common/contracts/page.js';

export interface ${Model} {
  id: string;
${parentLine}${facts.join('\n')}
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

export interface New${Model} {
${parentLine}${given.join('\n')}
}

/** An absent field is not changed${fields.some(({ isNullable }) => isNullable) ? '; \`null\` clears it' : ''}. */
export type ${Model}Changes = Partial<${parent ? `Omit<New${Model}, '${parent.field}'>` : `New${Model}`}>;

/** The fields that lists can be sorted by. */
export const ${CONSTANT}_SORTS = [${sorts.map((name) => `'${name}'`).join(', ')}] as const;
export type ${Model}Order = SortOrder<(typeof ${CONSTANT}_SORTS)[number]>;

export interface ${Models}List extends PageQuery {
${filter}  /** Of \`${CONSTANT}_SORTS\`, comma-separated. */
  sort?: string;
}
`;
}
