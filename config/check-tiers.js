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

const tierSchema = z.strictObject({
  rateRps: z.number().positive(),
  burst: z.int().min(1),
  quota: z.strictObject({ limit: z.int().min(1), period: z.enum(['DAY', 'WEEK', 'MONTH']) }).optional(),
});

/**
 * The tiers of `tiers.yml` as they are, checked: as many as wanted, with names that CloudFormation takes into its own.
 * @throws Error naming every problem at once: where, what was expected, what was found.
 */
export function checkedTiers(tiers) {
  const names = Object.keys(tiers ?? {});
  const problems = [
    ...(names.length > 0 ? [] : ['expected at least one tier, with rateRps and burst; found none']),
    ...names.flatMap((name) => nameProblem(name, names)),
    ...names.flatMap((name) => limitProblems(name, tiers[name])),
  ];
  if (problems.length > 0) throw new Error(`config/tiers.yml:\n${problems.map((each) => `- ${each}`).join('\n')}`);
  return tiers;
}

function nameProblem(name, names) {
  const meaning = meaningOf(name);
  if (meaning) return [`"${name}" is not a tier's name: it stands for ${meaning}; choose another`];
  if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name)) {
    return [`"${name}" is not a tier's name: expected letters and digits that begin with a letter; choose another`];
  }
  // A resource's name begins with a capital, so that `gold` and `Gold` would be one.
  const twin = names.find((other) => other < name && capitalized(other) === capitalized(name));
  return twin === undefined
    ? []
    : [`"${twin}" and "${name}" differ in their first letter's case alone; rename one of them`];
}

function limitProblems(name, tier) {
  const { error } = tierSchema.safeParse(tier);
  return (error?.issues ?? []).map(({ path, message }) => `${[name, ...path].join('.')}: ${message}`);
}

/** The name as a part of a resource's name. */
export const capitalized = (name) => name.charAt(0).toUpperCase() + name.slice(1);
