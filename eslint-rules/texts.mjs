import ts from 'typescript';

function typesOf(context, node) {
  const { getTypeAtLocation } = context.sourceCode.parserServices;
  if (!getTypeAtLocation) throw new Error('This rule needs type information.');
  const type = getTypeAtLocation(node);
  return type.isUnion() ? type.types : [type];
}

/**
 * Strings must be parsed as times in one place: `Date` accepts many other formats and silently rolls 30 February over
 * to March. Checks types: `new Date(Date.now() + 1)` and `new Date(otherDate)` are allowed.
 * @type {import('eslint').Rule.RuleModule}
 */
export const noTimeFromText = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      time: 'Use parseTimestamp of src/common/values/timestamps for strings, momentOf for external numbers.',
    },
  },
  create(context) {
    const isTime = (type) => (type.flags & ts.TypeFlags.NumberLike) !== 0 || type.symbol?.name === 'Date';
    return {
      'CallExpression[callee.object.name="Date"][callee.property.name="parse"]'(node) {
        const [text] = node.arguments;
        if (text?.type !== 'Literal') context.report({ node, messageId: 'time' });
      },
      'NewExpression[callee.name="Date"][arguments.length=1]'(node) {
        const [given] = node.arguments;
        if (given.type === 'Literal' || typesOf(context, given).every(isTime)) return;
        context.report({ node, messageId: 'time' });
      },
    };
  },
};

/**
 * True for `MAX_LENGTH`, `40`, or arithmetic on them; false for a position found by searching or counted from the end.
 */
function isFixed(node) {
  if (node?.type === 'Literal') return typeof node.value === 'number';
  if (node?.type === 'BinaryExpression')
    return [node.left, node.right].some((side) => side.type !== 'Literal' && isFixed(side));
  return node?.type === 'Identifier' && /^[A-Z][A-Z0-9_]*$/.test(node.name);
}

/**
 * Text cut to a fixed length may end in half of a surrogate pair, which the database rejects.
 * @type {import('eslint').Rule.RuleModule}
 */
export const noCutText = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { cut: 'Use truncate or lastPart of src/common/values/text-length.' },
  },
  create(context) {
    return {
      'CallExpression[callee.property.name=/^(slice|substring|substr)$/]'(node) {
        const [from, to] = node.arguments;
        const cutsEnd =
          to !== undefined && isFixed(to) && !(from?.type === 'Literal' && to.type === 'Literal' && from.value !== 0);
        const keepsEnd =
          from?.type === 'UnaryExpression' &&
          to === undefined &&
          from.argument.type === 'Identifier' &&
          isFixed(from.argument);
        if (!cutsEnd && !keepsEnd) return;
        const isText = typesOf(context, node.callee.object).some(
          ({ flags }) => (flags & ts.TypeFlags.StringLike) !== 0,
        );
        if (isText) context.report({ node, messageId: 'cut' });
      },
    };
  },
};
