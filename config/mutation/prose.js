const DESCRIBED = new Set(['tunable', 'tunableCount', 'cups']);

/** Sentences about a field of the policy are documentation: no behaviour hangs on their words. */
const prose = {
  shouldIgnore(path) {
    if (!path.isStringLiteral() && !path.isTemplateLiteral()) return undefined;
    const { parentPath, listKey, key } = path;
    const isProperty = parentPath.isObjectProperty() && parentPath.node.key.name === 'description';
    const isArgument =
      parentPath.isCallExpression() &&
      listKey === 'arguments' &&
      key === parentPath.node.arguments.length - 1 &&
      DESCRIBED.has(parentPath.node.callee.name);
    return isProperty || isArgument ? 'describes a field of the policy, for its documentation' : undefined;
  },
};

export const strykerPlugins = [{ kind: 'Ignore', name: 'prose', value: prose }];
