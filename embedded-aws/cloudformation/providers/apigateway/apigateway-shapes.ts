/** The members whose value is a map with keys of the user's own: these keys keep their spelling. */
const MAPS = new Set([
  ...['RequestParameters', 'ResponseParameters', 'RequestTemplates', 'ResponseTemplates', 'RequestModels'],
  ...['ResponseModels', 'Variables', 'StageVariableOverrides', 'Parameters', 'Schema', 'Policy'],
]);

const lower = (name: string): string => name.slice(0, 1).toLowerCase() + name.slice(1);

/** API Gateway's operations spell members in lower camel case, templates in upper. */
export function camel(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(camel);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).filter(([, inner]) => inner !== undefined);
  return Object.fromEntries(members.map(([name, inner]) => [lower(name), MAPS.has(name) ? inner : camel(inner)]));
}

export function camelInput(value: object): object {
  return camel(value) as object;
}

export interface Patch {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: string;
  readonly value?: string;
}

/** One `replace` for every scalar that is set; absent scalars stay unchanged. */
export function replacePatches(values: Readonly<Record<string, string | number | boolean | undefined>>): Patch[] {
  return Object.entries(values).flatMap(([path, value]) =>
    value === undefined ? [] : [{ op: 'replace', path, value: String(value) } as const],
  );
}
