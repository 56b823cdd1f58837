/**
 * Their WHERE takes one unique key, which would have to include the tenant; models with composite keys cannot be
 * addressed by id alone.
 */
const FORBIDDEN_METHODS = new Set(['findUnique', 'findUniqueOrThrow', 'update', 'delete', 'upsert']);
/** Nested writes that reach another row by its unique key. */
const FORBIDDEN_KEYS = new Set(['connect', 'connectOrCreate', 'upsert']);

/**
 * Restricts repositories to the Prisma calls that the tenancy layer supports. Checks types rather than names:
 * `someMap.delete(key)` is allowed, `prisma.user.delete(…)` and `const { user } = tx; user.delete(…)` are not.
 * @type {import('eslint').Rule.RuleModule}
 */
export const noUnscopedPrismaCall = {
  meta: {
    type: 'problem',
    schema: [],
    messages: {
      method: 'Use findFirst, updateManyAndReturn or deleteMany by id (and version) instead of {{name}}.',
      nested: 'Set the foreign key column instead of {{name}}.',
    },
  },
  create(context) {
    const { getTypeAtLocation } = context.sourceCode.parserServices;
    if (!getTypeAtLocation) throw new Error('no-unscoped-prisma-call needs type information.');

    const isModel = (node) => {
      const type = getTypeAtLocation(node);
      const symbols = type.isUnion() ? type.types.map((part) => part.symbol) : [type.symbol];
      return symbols.some((symbol) => symbol?.name.endsWith('Delegate'));
    };

    const nestedIn = (node) => {
      switch (node?.type) {
        case 'ObjectExpression':
          return node.properties
            .filter(({ type }) => type === 'Property')
            .flatMap((property) => {
              const name = property.key.name ?? property.key.value;
              if (!FORBIDDEN_KEYS.has(name)) return nestedIn(property.value);
              return [{ node: property, messageId: 'nested', data: { name } }];
            });
        case 'ArrayExpression':
          return node.elements.flatMap(nestedIn);
        case 'TSAsExpression':
        case 'TSSatisfiesExpression':
          return nestedIn(node.expression);
        default:
          return [];
      }
    };

    return {
      'CallExpression[callee.type="MemberExpression"]'(node) {
        const { object, property } = node.callee;
        const name = property.name ?? property.value;
        if (typeof name !== 'string') return;
        const problems = node.arguments.flatMap(nestedIn);
        if (FORBIDDEN_METHODS.has(name)) problems.unshift({ node: property, messageId: 'method', data: { name } });
        // Check types last: a type lookup takes about a thousand times as long as the other checks.
        if (problems.length > 0 && isModel(object)) problems.forEach((problem) => context.report(problem));
      },
    };
  },
};
