const compiled = new Map<string, RegExp>();

/** Whether `text` matches an IAM pattern, in which `*` stands for any run of characters and `?` for one. */
export function matchesPattern(pattern: string, text: string, isCaseSensitive = true): boolean {
  const key = `${isCaseSensitive ? 's' : 'i'}${pattern}`;
  let expression = compiled.get(key);
  if (!expression) {
    const source = pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    expression = new RegExp(`^${source}$`, isCaseSensitive ? 's' : 'si');
    compiled.set(key, expression);
  }
  return expression.test(text);
}

/** ARNs are compared part by part: a wildcard never reaches over one of the first five colons. */
export function matchesArn(pattern: string, arn: string): boolean {
  if (pattern === '*') return true;
  const patternParts = arnParts(pattern);
  const parts = arnParts(arn);
  return patternParts.length === parts.length && patternParts.every((part, i) => matchesPattern(part, parts[i] ?? ''));
}

/** arn, partition, service, region, account, and everything after. */
function arnParts(arn: string): string[] {
  const parts = arn.split(':');
  return parts.length <= 6 ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
