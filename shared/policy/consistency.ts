import { type PolicyProblem, show, valueAt } from './problems.ts';
import { otherTierSchema, policySchema } from './schema/policy-schema.ts';

/** What no single field can say: pairs that must be in order. Read from the document, defaults filled in. */
const ORDERED: readonly (readonly [lower: string, upper: string])[] = [
  ['tracker.kneeFactor', 'tracker.watchFactor'],
  ['capacity.floorCups', 'capacity.ceilingCups'],
  ['tracker.badAgeSeconds', 'tracker.badAgeMaxSeconds'],
  ['tracker.watchFactor', 'tracker.congestedFactor'],
  ['tracker.congestedFactor', 'tracker.severeFactor'],
  ['tracker.cutFloorShare', 'tracker.cutCeilingShare'],
  ['blind.afterSeconds', 'blind.fallbackAfterSeconds'],
];

/**
 * Contradictions between fields, found on the raw document so that they are reported together with every other
 * problem, not only once the rest is mended.
 */
export function contradictions(document: unknown, knownTiers: readonly string[] | undefined): PolicyProblem[] {
  const tiers = Object.keys(objectAt(document, 'tiers'));
  const pairs = [
    ...ORDERED,
    ...tiers.map((tier) => [`tiers.${tier}.floorShare`, `tiers.${tier}.ceilingShare`] as const),
  ];
  return [
    ...pairs.flatMap(([lower, upper]) => orderProblem(document, lower, upper)),
    ...floorSumProblem(document, tiers, knownTiers),
    ...(knownTiers ? tiers.flatMap((tier) => tierProblem(tier, document, knownTiers)) : []),
  ];
}

function orderProblem(document: unknown, lower: string, upper: string): PolicyProblem[] {
  const low = numberAt(document, lower);
  const high = numberAt(document, upper);
  if (low === undefined || high === undefined || low <= high) return [];
  const fix = `lower ${lower} to at most ${high}, or raise ${upper} to at least ${low}`;
  return [{ path: lower, expected: `at most ${upper}`, found: `${show(low)}, with ${upper} at ${high}`, fix }];
}

/**
 * Guarantees that sum to more than everything are none. A deployed tier that the document does not name counts with its
 * default. Defaults alone are no contradiction: however many tiers are deployed, a policy that states no floor is valid.
 */
function floorSumProblem(document: unknown, named: readonly string[], knownTiers = named): PolicyProblem[] {
  if (named.every((tier) => valueAt(document, ['tiers', tier, 'floorShare']) === undefined)) return [];
  const floors = knownTiers.map((tier) => numberAt(document, `tiers.${tier}.floorShare`) ?? 0);
  const sum = Math.round(floors.reduce((a, b) => a + b, 0) * 1000) / 1000;
  if (!(sum > 1)) return [];
  const fix = 'lower some floorShare; tiers that are not named have defaults that count too';
  return [{ path: 'tiers', expected: 'floorShare of all tiers together at most 1', found: show(sum), fix }];
}

function tierProblem(tier: string, document: unknown, known: readonly string[]): PolicyProblem[] {
  if (known.includes(tier)) return [];
  const expected = `one of ${known.join(', ')}`;
  const fix = 'use a tier that config/tiers.yml deploys, or remove this one';
  return [{ path: `tiers.${tier}`, expected, found: show(valueAt(document, ['tiers', tier])), fix }];
}

const DEFAULTS = policySchema.parse({ api: 'defaults/only' });
const OTHER_TIER = otherTierSchema.parse({});

function numberAt(document: unknown, path: string): number | undefined {
  const keys = path.split('.');
  // Only a tier's fields lie so deep.
  const value = valueAt(document, keys) ?? valueAt(DEFAULTS, keys) ?? valueAt(OTHER_TIER, keys.slice(2));
  return typeof value === 'number' ? value : undefined;
}

function objectAt(document: unknown, key: string): object {
  const value = valueAt(document, [key]);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}
