import { contradictions } from '../../../shared/policy/consistency.ts';
import { valueAt } from '../../../shared/policy/problems.ts';

/** A document with numbers at dotted paths. */
function document(values: Readonly<Record<string, unknown>>): object {
  const root: Record<string, unknown> = { api: 'abc/dev' };
  for (const [path, value] of Object.entries(values)) {
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    let node = root;
    for (const key of keys) {
      node[key] ??= {};
      node = valueAt(node, [key]) as Record<string, unknown>;
    }
    node[last] = value;
  }
  return root;
}

const found = (values: Readonly<Record<string, unknown>>, tiers?: readonly string[]) =>
  contradictions(document(values), tiers);

/** The tiers that the template deploys as it is delivered. */
const DELIVERED = ['premium', 'standard', 'basic', 'internal'];

describe('pairs that must be in order', () => {
  test.each([
    ['tracker.kneeFactor', 'tracker.watchFactor'],
    ['capacity.floorCups', 'capacity.ceilingCups'],
    ['tracker.badAgeSeconds', 'tracker.badAgeMaxSeconds'],
    ['tracker.cutFloorShare', 'tracker.cutCeilingShare'],
    ['blind.afterSeconds', 'blind.fallbackAfterSeconds'],
    ['tiers.basic.floorShare', 'tiers.basic.ceilingShare'],
    ['tiers.gold.floorShare', 'tiers.gold.ceilingShare'],
  ])('%s may be as large as %s, but no larger', (lower, upper) => {
    expect(found({ [lower]: 0.06, [upper]: 0.06 })).toEqual([]);
    expect(found({ [lower]: 0.06, [upper]: 0.05 })).toEqual([
      {
        path: lower,
        expected: `at most ${upper}`,
        found: `0.06, with ${upper} at 0.05`,
        fix: `lower ${lower} to at most 0.05, or raise ${upper} to at least 0.06`,
      },
    ]);
  });

  test('latency is watched before it is congestion, and that before it is severe', () => {
    expect(found({ 'tracker.watchFactor': 4 }).map(({ path, found }) => [path, found])).toEqual([
      ['tracker.watchFactor', '4, with tracker.congestedFactor at 3.5'],
    ]);
    expect(found({ 'tracker.congestedFactor': 11 }).map(({ path, found }) => [path, found])).toEqual([
      ['tracker.congestedFactor', '11, with tracker.severeFactor at 10'],
    ]);
  });

  test('a field that is left out stands at its default; one without a default contradicts nothing', () => {
    expect(found({ 'tracker.badAgeSeconds': 301 })).toMatchObject([
      { expected: 'at most tracker.badAgeMaxSeconds', found: '301, with tracker.badAgeMaxSeconds at 300' },
    ]);
    expect(found({ 'capacity.floorCups': 1e6 })).toEqual([]);
    expect(found({ 'capacity.ceilingCups': 1 })).toEqual([]);
  });

  test('a tier of another name has a default floor too, which a ceiling may not be below', () => {
    expect(found({ 'tiers.gold.ceilingShare': 0.04 })).toMatchObject([
      { path: 'tiers.gold.floorShare', found: '0.05, with tiers.gold.ceilingShare at 0.04' },
    ]);
  });

  test('what is no number is left to the schema', () => {
    expect(found({ 'capacity.floorCups': '300', 'capacity.ceilingCups': 200 })).toEqual([]);
    expect(found({ 'tiers.premium.floorShare': 0.9, 'tiers.standard.floorShare': '5' }, DELIVERED)).toMatchObject([
      { path: 'tiers', found: '1.15' },
    ]);
    for (const tiers of [null, [], 'basic', 5]) expect(found({ tiers })).toEqual([]);
    for (const whole of [null, [], 'x', 5]) expect(contradictions(whole, ['basic'])).toEqual([]);
  });
});

describe('guarantees', () => {
  test('may sum to everything, but to no more', () => {
    const rest = { 'tiers.standard.floorShare': 0.2, 'tiers.basic.floorShare': 0.1, 'tiers.internal.floorShare': 0.1 };
    expect(found({ ...rest, 'tiers.premium.floorShare': 0.6 })).toEqual([]);
    expect(found({ ...rest, 'tiers.premium.floorShare': 0.601 })).toEqual([
      {
        path: 'tiers',
        expected: 'floorShare of all tiers together at most 1',
        found: '1.001',
        fix: 'lower some floorShare; tiers that are not named have defaults that count too',
      },
    ]);
  });

  test('of deployed tiers that the policy does not name count with their defaults', () => {
    expect(found({ 'tiers.premium.floorShare': 0.55 }, DELIVERED)).toEqual([]);
    expect(found({ 'tiers.premium.floorShare': 0.56 }, DELIVERED)).toMatchObject([{ found: '1.01' }]);
    const withGold = [...DELIVERED, 'gold'];
    expect(found({ 'tiers.premium.floorShare': 0.55 }, withGold)).toMatchObject([{ found: '1.05' }]);
    expect(found({ 'tiers.premium.floorShare': 0.55, 'tiers.gold.floorShare': 0 }, withGold)).toEqual([]);
  });

  test('of tiers that are not deployed do not count: two tiers of other names may share everything', () => {
    const halves = { 'tiers.gold.floorShare': 0.5, 'tiers.silver.floorShare': 0.5 };
    expect(found(halves, ['gold', 'silver'])).toEqual([]);
    expect(found({ ...halves, 'tiers.silver.floorShare': 0.51 }, ['gold', 'silver'])).toMatchObject([
      { path: 'tiers', found: '1.01' },
    ]);
  });

  test('are counted of the named tiers alone where the deployed ones are not known', () => {
    expect(found({ 'tiers.gold.floorShare': 0.95, 'tiers.silver': {} })).toEqual([]);
    expect(found({ 'tiers.gold.floorShare': 0.96, 'tiers.silver': {} })).toMatchObject([{ found: '1.01' }]);
  });

  test('that no policy states cannot make it invalid, however many tiers there are', () => {
    const many = Array.from({ length: 40 }, (_, index) => `tier${index}`);
    expect(found({}, many)).toEqual([]);
    expect(found({ 'tiers.tier0.weight': 3 }, many)).toEqual([]);
    expect(found({ 'tiers.tier0.floorShare': 0.1 }, many)).toMatchObject([{ path: 'tiers', found: '2.05' }]);
  });
});

test('a tier that is not deployed is named with those that are, where they are known', () => {
  expect(found({ 'tiers.gold.weight': 2, 'tiers.basic.weight': 2 }, ['premium', 'basic'])).toEqual([
    {
      path: 'tiers.gold',
      expected: 'one of premium, basic',
      found: '{"weight":2}',
      fix: 'use a tier that config/tiers.yml deploys, or remove this one',
    },
  ]);
  expect(found({ 'tiers.gold.weight': 2 })).toEqual([]);
});
