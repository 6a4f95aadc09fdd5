import * as z from 'zod';

/** Names that mean something else already. */
const TAKEN = {
  unknown: 'requests whose key no tier has',
  all: 'the one tier of minute metrics',
  stage: 'the stage, where limits are pinned',
  default: 'the plan that the framework makes by itself',
};
/** Says what a name means already; undefined where it means nothing. */
const meaningOf = (name) => (name in {} ? 'a part of every JavaScript object' : TAKEN[name]);

const RATE = 'a number above 0, in requests per second';
const COUNT = 'a whole number of at least 1';
const PERIOD = 'DAY, WEEK or MONTH';
/** Unknown fields have a sentence of their own. */
const fields = (shape, expected) =>
  z.strictObject(shape, { error: ({ code }) => (code === 'unrecognized_keys' ? undefined : expected) });

const limitFields = { rateRps: z.number(RATE).positive(RATE), burst: z.int(COUNT).min(1, COUNT) };
export const limitSchema = fields(limitFields, '"rateRps" and "burst"');
const quotaSchema = fields(
  { limit: z.int(COUNT).min(1, COUNT), period: z.enum(['DAY', 'WEEK', 'MONTH'], PERIOD) },
  '"limit" and "period"',
);
const tierSchema = fields({ ...limitFields, quota: quotaSchema.optional() }, '"rateRps" and "burst"');

/**
 * The problems of `tiers.yml`: as many tiers as wanted, with names that CloudFormation takes into its own.
 * @returns every problem at once, each with its path in the document and a sentence: expected, found, fix
 */
export function tierProblems(tiers) {
  if (typeof tiers !== 'object' || tiers === null || Object.keys(tiers).length === 0) {
    return [{ path: [], text: 'expected at least one tier, with "rateRps" and "burst"; found none. Fix: add a tier' }];
  }
  const names = Object.keys(tiers);
  return names.flatMap((name) => [
    ...nameProblem(name, names).map((text) => ({ path: [name], text })),
    ...problemsBy(tierSchema, tiers[name], [name]),
  ]);
}

/** The problems of a value by its schema, each with its path in the document. */
export function problemsBy(schema, value, place) {
  const { error } = schema.safeParse(value);
  return (error?.issues ?? []).flatMap((issue) => {
    const path = [...place, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const at = [...path, key];
        return { path: at, text: `${at.join('.')}: there is no such field. Fix: remove or rename the field` };
      });
    }
    const found = issue.path.reduce((inner, key) => inner?.[key], value);
    const words = found === undefined || found === null ? 'nothing' : JSON.stringify(found);
    const text = `expected ${issue.message}; found ${words}. Fix: write ${issue.message}`;
    return [{ path, text: [path.join('.'), text].filter(Boolean).join(': ') }];
  });
}

function nameProblem(name, names) {
  const meaning = meaningOf(name);
  if (meaning) return [`"${name}" is not a tier's name: it stands for ${meaning}. Fix: choose another`];
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) {
    return [
      `"${name}" is not a tier's name: expected letters and digits that begin with a letter. Fix: choose another`,
    ];
  }
  // A resource's name begins with a capital, so that `gold` and `Gold` would be one.
  const twin = names.find((other) => other < name && capitalized(other) === capitalized(name));
  return twin === undefined
    ? []
    : [`"${twin}" and "${name}" differ in their first letter's case alone. Fix: rename one of them`];
}

/** The name as a part of a resource's name. */
export const capitalized = (name) => name.charAt(0).toUpperCase() + name.slice(1);
