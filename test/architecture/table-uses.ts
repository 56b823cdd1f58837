import ts from 'typescript';
import type { SourceFile } from './source-files.js';

/** A table, as its Prisma model declares it. */
export interface Table {
  name: string;
  /** The name of its schema file: the module, or the folder of `common`, that that that it belongs to. */
  owner: string;
  /** `prisma.<delegate>`. */
  delegate: string;
  /** Fields that lead to rows of other tables, and those tables' models. */
  relations: Map<string, string>;
  model: string;
}

const OPERATION = /^(find|create|update|upsert|delete|count|aggregate|groupBy)/;
const CLIENT = /^(prisma|platform|client|tx)$/;
const SQL = /\b(SELECT|FROM|JOIN|UPDATE|INSERT|INTO|DELETE|TRUNCATE|TABLE)\b/;
const DATABASE_ACCESS = /\.(repository|read-model)\.ts$/;
const WRITES = /\b(UPDATE(?! OF)|INSERT|DELETE|TRUNCATE)\b/;
const WRITING_OPERATION = /^(create|update|upsert|delete)/;

/** The tables of the Prisma schema. */
export function readTables(schema: SourceFile[]): Table[] {
  const models = schema.flatMap(({ path, text }) =>
    [...text.matchAll(/^model\s+(\w+)\s*\{\n(.*?)^\}/gms)].map(([, model, body]) => ({
      owner: path.split('/').at(-1)!.replace('.prisma', ''),
      model: model!,
      body: body!,
    })),
  );
  const names = new Set(models.map(({ model }) => model));
  return models.map(({ owner, model, body }) => ({
    owner,
    model,
    name: /@@map\("(\w+)"\)/.exec(body)?.[1] ?? model,
    delegate: model[0]!.toLowerCase() + model.slice(1),
    relations: new Map(
      [...body.matchAll(/^\s+(\w+)\s+(\w+)(?:\[\]|\?)?/gm)]
        .filter(([, , type]) => names.has(type!))
        .map(([, field, type]) => [field!, type!]),
    ),
  }));
}

/** The tables that a file reads or writes: by Prisma's methods, through relations, or in SQL. */
export function tablesUsedIn(file: SourceFile, tables: Table[]): Table[] {
  const used = new Set<Table>();
  const fields = new Set<string>();
  for (const node of nodesOf(file)) {
    if (ts.isPropertyAccessExpression(node)) {
      const table = tables.find(({ delegate }) => delegate === node.name.text);
      if (table && isDelegate(node) && importsPrisma(file)) used.add(table);
    } else if (ts.isPropertyAssignment(node) && opensRelation(node.initializer)) {
      fields.add(node.name.getText());
    } else {
      const text = textOf(node);
      if (text === null) continue;
      const isName = DATABASE_ACCESS.test(file.path) && /^\w+$/.test(text.trim());
      if (!SQL.test(text) && !isName) continue;
      for (const table of tables) if (namesTable(text, table.name)) used.add(table);
    }
  }
  const related = [...used].flatMap(({ relations }) =>
    [...relations].filter(([field]) => fields.has(field)).map(([, model]) => model),
  );
  for (const table of tables) if (related.includes(table.model)) used.add(table);
  return [...used];
}

/** Whether a file changes rows. */
export function writes(file: SourceFile): boolean {
  return nodesOf(file).some((node) => {
    if (ts.isPropertyAccessExpression(node) && ts.isPropertyAccessExpression(node.expression)) {
      return WRITING_OPERATION.test(node.name.text) && isDelegate(node.expression);
    }
    const text = textOf(node);
    return text !== null && SQL.test(text) && WRITES.test(text.replace(/\bFOR (NO KEY )?UPDATE\b/g, ''));
  });
}

function nodesOf({ path, text }: SourceFile): ts.Node[] {
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
  return nodes;
}

/** `prisma.user`, whatever is done with it, or `anything.user.findMany`. */
function isDelegate({ expression, parent }: ts.PropertyAccessExpression): boolean {
  const receiver = ts.isPropertyAccessExpression(expression) ? expression.name.text : expression.getText();
  return CLIENT.test(receiver) || (ts.isPropertyAccessExpression(parent) && OPERATION.test(parent.name.text));
}

function importsPrisma({ text }: SourceFile): boolean {
  return /from '[^']*(prisma\.service|generated\/prisma\/client)\.js'/.test(text);
}

/** `user: { … }` in a condition or a selection, or `user: true`. */
function opensRelation(value: ts.Expression): boolean {
  return ts.isObjectLiteralExpression(value) || value.kind === ts.SyntaxKind.TrueKeyword;
}

/** The text of a whole string, with a space for each expression in it. */
function textOf(node: ts.Node): string | null {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return [node.head.text, ...node.templateSpans.map(({ literal }) => literal.text)].join(' ');
}

function namesTable(sql: string, table: string): boolean {
  return new RegExp(`(?<!\\bAS "?)(?<![\\w.'-])${table}(?![\\w'-])`).test(sql);
}
