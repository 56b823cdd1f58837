import ts from 'typescript';

/**
 * Returns the texts that an expression may evaluate to, as far as its own file shows: literals, constants, alternatives
 * and members of constant objects. Parts that are only known at run time become `<name>`. Undefined if the expression
 * is not a text.
 */
export function textsOf(expression: ts.Expression | undefined, file: ts.SourceFile): string[] | undefined {
  if (!expression) return undefined;
  if (ts.isStringLiteralLike(expression) || ts.isNumericLiteral(expression)) return [expression.text];
  if (ts.isTemplateExpression(expression)) return [templateText(expression, file)];
  if (ts.isParenthesizedExpression(expression) || ts.isAsExpression(expression)) {
    return textsOf(expression.expression, file);
  }
  if (ts.isConditionalExpression(expression)) {
    return merged([textsOf(expression.whenTrue, file), textsOf(expression.whenFalse, file)]);
  }
  if (!ts.isBinaryExpression(expression)) return namedTextsOf(expression, file);
  if (expression.operatorToken.kind === ts.SyntaxKind.QuestionQuestionToken) return textsOf(expression.right, file);
  if (expression.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [textsOf(expression.left, file), textsOf(expression.right, file)];
    return left && right && [`${left[0]}${right[0]}`];
  }
  return undefined;
}

function namedTextsOf(expression: ts.Expression, file: ts.SourceFile): string[] | undefined {
  if (ts.isIdentifier(expression)) return textsOf(constantOf(expression.text, expression), file);
  if (ts.isElementAccessExpression(expression)) return membersOf(expression.expression, file);
  return undefined;
}

function templateText({ head, templateSpans }: ts.TemplateExpression, file: ts.SourceFile): string {
  const spans = templateSpans.map(({ expression, literal }) => {
    const [known] = textsOf(expression, file) ?? [];
    return `${known ?? `<${nameOf(expression)}>`}${literal.text}`;
  });
  return head.text + spans.join('');
}

/** Returns a word that describes a value: `names.join(', ')` → names, `truncate(url, 20)` → url, `user.role` → role. */
function nameOf(expression: ts.Expression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  if (ts.isPropertyAccessExpression(expression)) return expression.name.text;
  if (!ts.isCallExpression(expression)) return 'value';
  const [first] = expression.arguments;
  if (ts.isPropertyAccessExpression(expression.expression)) return nameOf(expression.expression.expression);
  return first ? nameOf(first) : 'value';
}

function membersOf(object: ts.Expression, file: ts.SourceFile): string[] | undefined {
  const constant = ts.isIdentifier(object) ? constantOf(object.text, object) : undefined;
  const literal = constant && ts.isAsExpression(constant) ? constant.expression : constant;
  if (!literal || !ts.isObjectLiteralExpression(literal)) return undefined;
  return merged(literal.properties.filter(ts.isPropertyAssignment).map((one) => textsOf(one.initializer, file)));
}

function merged(texts: (string[] | undefined)[]): string[] | undefined {
  const known = texts.filter((one) => one !== undefined).flat();
  return known.length > 0 ? known : undefined;
}

/** Returns the initializer of the constant with that name, as visible from a place in the file. */
export function constantOf(name: string, from: ts.Node): ts.Expression | undefined {
  for (let scope: ts.Node | undefined = from; scope; scope = scope.parent) {
    if (!ts.isBlock(scope) && !ts.isSourceFile(scope)) continue;
    const declarations = scope.statements
      .filter(ts.isVariableStatement)
      .flatMap((one) => one.declarationList.declarations);
    const found = declarations.find((one) => ts.isIdentifier(one.name) && one.name.text === name);
    if (found) return found.initializer;
  }
  return undefined;
}
