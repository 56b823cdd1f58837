import ts from 'typescript';
import { baseOf, type ErrorClass, errorClasses } from './error-classes.ts';
import { constantOf, textsOf } from './literal-texts.ts';

export interface CodeFile {
  /** Path relative to the project, with forward slashes. */
  path: string;
  text: string;
}

/** An error code that clients may receive. */
export interface ErrorCode {
  code: string;
  /** HTTP status; null for an error that ends a step or a run of a workflow. */
  status: number | null;
  /** Possible messages; `<name>` stands for the variable parts. */
  messages: string[];
  /** Text of `@remedy` in the comment above the error. */
  remedy?: string;
}

const APP_ERROR = 'src/common/errors/app-error.ts';
const PROBLEM = 'src/common/http/problem.ts';
/**
 * Errors that the engine reports for steps and runs: this class, objects `{ code, message }`, and calls `(…, code,
 * message)`, with codes of these areas.
 */
const STEP_ERROR = 'ActionError';
const STEP_CODE = /^(step|run|script|action|approval|http)\.([a-z_]+|<kind>)$/;

/**
 * Returns all error codes that the source code declares, by code and status.
 * @throws Error naming the places whose code is only known at run time, since clients could not look it up.
 */
export function errorCodes(files: CodeFile[]): ErrorCode[] {
  const parsed = new Map(files.map(({ path, text }) => [path, parse(path, text)]));
  const [appError, problem] = [parsed.get(APP_ERROR), parsed.get(PROBLEM)];
  if (!appError || !problem) throw new Error(`${APP_ERROR} or ${PROBLEM} is missing.`);
  const collected = new Codes(errorClasses(appError, problem));
  for (const [path, file] of parsed) collected.read(path, file);
  collected.readStatuses(problem);
  return collected.sorted();
}

function parse(path: string, text: string): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
}

class Codes {
  readonly #codes = new Map<string, ErrorCode>();
  readonly #unknown: string[] = [];
  readonly #classes: ReadonlyMap<string, ErrorClass>;

  constructor(classes: ReadonlyMap<string, ErrorClass>) {
    this.#classes = classes;
  }

  sorted(): ErrorCode[] {
    if (this.#unknown.length > 0) {
      throw new Error(`Write the code of these errors as a literal or a constant:\n${this.#unknown.join('\n')}`);
    }
    return [...this.#codes.values()].sort((one, other) =>
      one.code === other.code ? (one.status ?? 0) - (other.status ?? 0) : one.code < other.code ? -1 : 1,
    );
  }

  read(path: string, file: ts.SourceFile): void {
    const visit = (node: ts.Node): void => {
      if (ts.isNewExpression(node)) this.#readNew(path, file, node);
      if (ts.isCallExpression(node)) this.#readCall(path, file, node);
      // Examples of events are not errors.
      if (ts.isObjectLiteralExpression(node) && !path.endsWith('.events.ts')) this.#readStepFailure(file, node);
      ts.forEachChild(node, visit);
    };
    visit(file);
  }

  /** Reads the codes of errors that frameworks throw from a table in problem.ts. */
  readStatuses(problem: ts.SourceFile): void {
    const table = constantOf('OF_STATUS', problem);
    if (!table || !ts.isObjectLiteralExpression(table)) throw new Error(`${PROBLEM} has no table OF_STATUS.`);
    for (const row of table.properties.filter(ts.isPropertyAssignment)) {
      if (!ts.isArrayLiteralExpression(row.initializer)) continue;
      const [code, message] = row.initializer.elements.map((element) => textsOf(element, problem)?.[0]);
      this.#add(code!, Number(row.name.getText(problem)), [message!], row);
    }
    const internal = constantOf('INTERNAL', problem);
    if (internal && ts.isObjectLiteralExpression(internal)) {
      const { code, detail } = membersOf(internal, problem);
      this.#add(code![0]!, 500, detail ?? [], internal);
    }
  }

  #readNew(path: string, file: ts.SourceFile, node: ts.NewExpression): void {
    const name = node.expression.getText(file);
    const args = node.arguments ?? ts.factory.createNodeArray();
    if (name === STEP_ERROR) return this.#readStepError(path, file, node, args);
    const type = this.#classes.get(name);
    if (type) this.#readError(path, file, node, type, args);
  }

  /**
   * Reads the code that a subclass passes to `super`, and the codes that problem.ts assigns to errors of frameworks.
   */
  #readCall(path: string, file: ts.SourceFile, node: ts.CallExpression): void {
    if (path === PROBLEM && node.expression.getText(file) === 'ofStatus' && node.arguments.length > 1) {
      const [status, code, message] = node.arguments;
      for (const text of textsOf(code, file) ?? []) {
        this.#add(text, Number(status!.getText(file)), textsOf(message, file) ?? [], node);
      }
    }
    if (node.expression.kind !== ts.SyntaxKind.SuperKeyword) return this.#readStepCall(file, node);
    const own = ts.findAncestor(node, ts.isClassLike);
    if (own && baseOf(own) === STEP_ERROR) return this.#readStepError(path, file, node, node.arguments);
    const type = own && this.#classes.get(baseOf(own) ?? '');
    if (!own || !type) return;
    const status = this.#classes.get(own.name?.text ?? '')?.status ?? type.status;
    if (path !== APP_ERROR) this.#readError(path, file, node, type, node.arguments);
    else if (ts.isStringLiteralLike(node.arguments[0]!)) {
      this.#readError(path, file, node, { ...type, status }, node.arguments);
    }
  }

  #readError(
    path: string,
    file: ts.SourceFile,
    node: ts.Node,
    { status, ...type }: ErrorClass,
    args: ts.NodeArray<ts.Expression>,
  ): void {
    const argument = (place: number | undefined): ts.Expression | undefined =>
      place === undefined ? undefined : args[place];
    if (type.noun !== undefined) {
      const nouns = textsOf(argument(type.noun), file) ?? ['<entity>'];
      for (const noun of nouns) {
        this.#add(`${noun}.not_found`, status, [`There is no such ${noun.replaceAll('_', ' ')}.`], node);
      }
      return;
    }
    // All errors of the class have one code, which the class itself declares.
    if (type.code === undefined) return;
    const given = argument(type.code);
    // The same error is converted to another class, or details are added.
    if (given && ts.isPropertyAccessExpression(given) && given.name.text === 'code') return;
    const codes = given ? textsOf(given, file) : type.defaultCode === undefined ? undefined : [type.defaultCode];
    if (!codes || codes.some((code) => code.includes('<'))) {
      this.#unknown.push(`${path}: ${node.getText(file).slice(0, 100)}`);
      return;
    }
    const message = argument(type.message);
    const fallback = type.defaultMessage === undefined ? [] : [type.defaultMessage];
    for (const code of codes) this.#add(code, status, message ? (textsOf(message, file) ?? []) : fallback, node);
  }

  #readStepError(path: string, file: ts.SourceFile, node: ts.Node, args: ts.NodeArray<ts.Expression>): void {
    const [given, message] = args;
    if (given && ts.isPropertyAccessExpression(given)) return;
    const codes = textsOf(given, file);
    if (!codes) this.#unknown.push(`${path}: ${node.getText(file).slice(0, 100)}`);
    for (const code of codes ?? []) this.#add(code, null, textsOf(message, file) ?? [], node);
  }

  #readStepCall(file: ts.SourceFile, node: ts.CallExpression): void {
    node.arguments.forEach((argument, place) => {
      if (!ts.isStringLiteral(argument) || !STEP_CODE.test(argument.text)) return;
      const message = node.arguments[place + 1];
      const texts = textsOf(message, file);
      if (texts || (message && ts.isPropertyAccessExpression(message) && message.name.text === 'message')) {
        this.#add(argument.text, null, texts ?? [], node);
      }
    });
  }

  #readStepFailure(file: ts.SourceFile, node: ts.ObjectLiteralExpression): void {
    const { code, message } = membersOf(node, file);
    if (!node.properties.some((one) => one.name?.getText(file) === 'message')) return;
    const texts = message ?? textsOf(constantOf('message', node), file) ?? [];
    for (const one of code ?? []) if (STEP_CODE.test(one)) this.#add(one, null, texts, node);
  }

  #add(code: string, status: number | null, messages: string[], node: ts.Node): void {
    const key = `${code} ${status}`;
    const known = this.#codes.get(key) ?? { code, status, messages: [] };
    known.messages = [...new Set([...known.messages, ...messages])];
    known.remedy ??= remedyAbove(node);
    this.#codes.set(key, known);
  }
}

function membersOf(node: ts.ObjectLiteralExpression, file: ts.SourceFile): Record<string, string[] | undefined> {
  const members = node.properties.filter(ts.isPropertyAssignment);
  return Object.fromEntries(members.map((one) => [one.name.getText(file), textsOf(one.initializer, file)]));
}

/** The text of `@remedy` in the nearest comment around an error. */
function remedyAbove(node: ts.Node): string | undefined {
  for (let outer: ts.Node | undefined = node; outer && !ts.isSourceFile(outer); outer = outer.parent) {
    const tag = ts.getJSDocTags(outer).find(({ tagName }) => tagName.text === 'remedy');
    if (tag) return ts.getTextOfJSDocComment(tag.comment)?.replaceAll(/\s+/g, ' ').trim();
  }
  return undefined;
}
