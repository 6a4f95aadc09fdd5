import * as z from 'zod';

/**
 * The kinds of values in a resource's properties. CloudFormation takes a number or boolean for a string and the other
 * way round, as templates and parameters come.
 */
export const text = z.union([z.string(), z.number().transform(String), z.boolean().transform(String)]);
export const count = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);
export const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]);
/** A policy or another free-form document. */
export const document = z.union([z.record(z.string(), z.unknown()), z.string()]);
export const tagList = z.array(z.strictObject({ Key: text, Value: text }));
export const texts = z.array(text);
export const textMap = z.record(z.string(), text);

export const object = z.strictObject;
export const list = z.array;

/** A document as the services take it: as JSON text. */
export function documentText(value: string | Record<string, unknown>): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

export function tagMap(tags: readonly { Key: string; Value: string }[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, Value]));
}

/** What is wrong with a value, in the words of CloudFormation's own validation where it has some. */
export function problemsOf(schema: z.ZodType, value: unknown, notImplemented: readonly string[] = []): string[] {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.flatMap((issue) => describeIssue(issue, value, notImplemented));
}

const pathText = (path: readonly PropertyKey[]): string => path.map((step) => `/${String(step)}`).join('');

function describeIssue(issue: z.core.$ZodIssue, root: unknown, notImplemented: readonly string[]): string[] {
  const at = pathText(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) =>
      at === '' && notImplemented.includes(key)
        ? `: property [${key}] is not implemented by the embedded AWS`
        : `${at}: extraneous key [${key}] is not permitted`,
    );
  }
  const found = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], root);
  if (found === undefined) {
    return [`${pathText(issue.path.slice(0, -1))}: required key [${String(issue.path.at(-1))}] not found`];
  }
  if (issue.code === 'invalid_value') return [`${at}: ${JSON.stringify(found)} is not a valid enum value`];
  return [`${at}: ${JSON.stringify(found)} does not have the expected type or form`];
}
