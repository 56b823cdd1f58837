import { OperatorError } from '../db/connect.ts';
import { hasModel } from './schema-edits.ts';
import { isThere, programText, schemaFiles } from './project-text.ts';
import type { NewModule } from './new-module.ts';

/** @throws OperatorError if the name is taken, with what has it. */
export function assertFree({ names, parent, fields }: NewModule): void {
  const schema = schemaFiles()
    .map(({ text }) => text)
    .join('\n');
  const program = programText();
  const { module, Model, Models, table, noun } = names;
  const taken: [boolean, string][] = [
    [isThere(module), `files of a module "${module}"`],
    [hasModel(schema, Model), `a model ${Model}`],
    [schema.includes(`@@map("${table}")`), `a table ${table}`],
    [new RegExp(`@Controller\\('${module}[/']`).test(program), `a route /${module}`],
    [new RegExp(`^\\s+'${noun}:[a-z_:]+':`, 'm').test(program), `permissions ${noun}:…`],
    [new RegExp(`^\\s+'${noun}\\.[a-z_]+':`, 'm').test(program), `events ${noun}.…`],
    [
      new RegExp(`\\b(class|interface|type) (${Models}|${Model})\\w*\\b`).test(program),
      `a type called ${Model}… or ${Models}…`,
    ],
  ];
  const found = taken.find(([isTaken]) => isTaken)?.[1];
  if (found) throw new OperatorError(`The name "${module}" is taken: there is already ${found}.`);
  const clash = parent && fields.find(({ name }) => name === parent.field || name === parent.item);
  if (clash) throw new OperatorError(`--parent already creates the field ${clash.name}.`);
}
