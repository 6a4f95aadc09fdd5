import type { ClientGroup } from '../../../rehearsal/world/scenario.ts';
import { usualRates } from '../../../rehearsal/world/scoring/usual-demand.ts';
import { constant, during } from '../../../rehearsal/world/traffic/rate.ts';

const rounded = (rates: readonly (readonly number[])[]) =>
  rates.map((own) => own.map((rps) => Math.round(rps * 1e6) / 1e6));
const group = (tier: string, keyCount: number, rest: Partial<ClientGroup>): ClientGroup => ({
  name: `${tier}-${keyCount}`,
  tier,
  honest: true,
  keyCount,
  skew: 0,
  demand: constant(0),
  mix: [1],
  behaviour: { kind: 'none' },
  ...rest,
});

test('a key usually asks for its part of what its group asks for when the story begins', () => {
  expect(rounded(usualRates([group('basic', 2, { demand: constant(9), skew: 1 })]))).toEqual([[6, 3]]);
});

test('a story that begins in the middle of something says what is usual', () => {
  expect(usualRates([group('basic', 4, { demand: constant(80), usualRps: 8 })])).toEqual([[2, 2, 2, 2]]);
});

test('a key that is silent on a calm day is taken for the median key of its tier', () => {
  const rates = usualRates([
    group('basic', 3, { demand: constant(11), skew: 1 }),
    group('premium', 1, { demand: constant(100) }),
    group('basic', 2, { demand: during(500, 100, 200), honest: false }),
  ]);
  expect(rounded(rates)).toEqual([[6, 3, 2], [100], [3, 3]]);
});
