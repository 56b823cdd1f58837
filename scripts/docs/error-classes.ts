import ts from 'typescript';
import { constantOf, textsOf } from './literal-texts.ts';

/** The constructor's parameters of an error class, and the status of its response. */
export interface ErrorClass {
  status: number;
  /** Positions of the constructor's arguments; undefined if there is no such argument. */
  code?: number;
  message?: number;
  noun?: number;
  defaultCode?: string;
  defaultMessage?: string;
}

/** Returns the classes in `app-error.ts` with their statuses in `problem.ts`, by name. */
export function errorClasses(appError: ts.SourceFile, problem: ts.SourceFile): Map<string, ErrorClass> {
  const statuses = statusesIn(problem);
  const classes = new Map<string, ErrorClass>();
  for (const node of appError.statements.filter(ts.isClassDeclaration)) {
    const name = node.name?.text ?? '';
    const parent = classes.get(baseOf(node) ?? '');
    classes.set(name, { ...(ownConstructor(node, appError) ?? parent), status: statuses.get(name) ?? 500 });
  }
  return classes;
}

/** Returns the name of the base class. */
export function baseOf(node: ts.ClassLikeDeclaration): string | undefined {
  const [base] = node.heritageClauses?.find(({ token }) => token === ts.SyntaxKind.ExtendsKeyword)?.types ?? [];
  return base?.expression.getText();
}

function ownConstructor(node: ts.ClassDeclaration, file: ts.SourceFile): Omit<ErrorClass, 'status'> | undefined {
  const constructor = node.members.find(ts.isConstructorDeclaration);
  if (!constructor) return undefined;
  const names = constructor.parameters.map((parameter) => parameter.name.getText(file));
  const placeOf = (name: string): number | undefined => (names.includes(name) ? names.indexOf(name) : undefined);
  const defaultOf = (name: string): string | undefined =>
    textsOf(constructor.parameters[names.indexOf(name)]?.initializer, file)?.[0];
  return {
    code: placeOf('code'),
    message: placeOf('message'),
    noun: placeOf('noun'),
    defaultCode: defaultOf('code'),
    defaultMessage: defaultOf('message'),
  };
}

function statusesIn(problem: ts.SourceFile): Map<string, number> {
  const table = constantOf('STATUS_OF_CLASS', problem);
  if (!table || !ts.isArrayLiteralExpression(table)) throw new Error('problem.ts has no table STATUS_OF_CLASS.');
  return new Map(
    table.elements.filter(ts.isArrayLiteralExpression).map(({ elements: [name, status] }) => {
      return [name?.getText(problem) ?? '', Number(status?.getText(problem))];
    }),
  );
}
