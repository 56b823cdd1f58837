/** One statement of a script. */
export interface SqlStatement {
  /** Line of its first word, from 1. */
  line: number;
  /** Without comments; literals unchanged. */
  text: string;
  /** Without comments and with empty literals: only the statement's own code. */
  code: string;
}

/** In the order in which they must be tried. */
const TOKENS = [
  { kind: 'comment', pattern: /--[^\n]*|\/\*[\s\S]*?\*\//y },
  { kind: 'literal', pattern: /[eE]'(?:[^'\\]|\\[\s\S]|'')*'|'(?:[^']|'')*'/y },
  { kind: 'literal', pattern: /\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$/y },
  { kind: 'name', pattern: /"(?:[^"]|"")*"/y },
  { kind: 'end', pattern: /;/y },
  { kind: 'other', pattern: /[A-Za-z_][\w$]*|\s+|[\s\S]/y },
] as const;

/** Splits a script as PostgreSQL does: not at semicolons inside quotes, dollar quotes or comments. */
export function splitSql(script: string): SqlStatement[] {
  const statements: SqlStatement[] = [];
  let text = '';
  let code = '';
  let line = 0;
  const finish = (): void => {
    if (code.trim() !== '') statements.push({ line, text: text.trim(), code: code.trim() });
    text = '';
    code = '';
  };
  for (let position = 0; position < script.length;) {
    const { kind, value } = tokenAt(script, position);
    if (kind === 'end') finish();
    else if (kind === 'comment') {
      text += ' ';
      code += ' ';
    } else {
      if (code.trim() === '' && value.trim() !== '') line = script.slice(0, position).split('\n').length;
      text += value;
      code += kind === 'literal' ? `''` : value;
    }
    position += value.length;
  }
  finish();
  return statements;
}

function tokenAt(script: string, position: number): { kind: (typeof TOKENS)[number]['kind']; value: string } {
  for (const { kind, pattern } of TOKENS) {
    pattern.lastIndex = position;
    const value = pattern.exec(script)?.[0];
    if (value !== undefined) return { kind, value };
  }
  throw new Error(`No token at ${position}.`);
}
