import {
  afterSeconds,
  borne,
  capacityOf,
  intervalOf,
  jumped,
  measured,
  notBlinding,
} from '../../../shared/law/next/backend/capacity.ts';
import { type Belief, initialState } from '../../../shared/law/next/next-state.ts';

const { belief: unknown } = initialState({ stage: {}, tiers: {} }, 0);
const believing = (cups: number, spread = 0.05): Belief => ({ ...unknown, log: Math.log(cups), variance: spread ** 2 });
const UNFELT = { room: 1, isTested: false, isNearFailure: false };

describe('what is believed of capacity', () => {
  test('becomes what a full backend completed when that is a distinct surprise', () => {
    expect(capacityOf(measured(believing(1000), 400, 0))).toBeCloseTo(400, -1);
  });

  test('moves part of the way when the difference may be noise', () => {
    const cups = capacityOf(measured(believing(1000), 960, 0.05));
    expect(cups).toBeGreaterThan(962);
    expect(cups).toBeLessThan(999);
  });

  test('learns next to nothing from a backend that is asked for half', () => {
    expect(capacityOf(borne(believing(1000), 500, 0.02, UNFELT))).toBeCloseTo(1000, 0);
  });

  test('rises when the backend bears what was believed to be all', () => {
    const cups = capacityOf(borne(believing(1000), 990, 0.02, UNFELT));
    expect(cups).toBeGreaterThan(1015);
    expect(cups).toBeLessThan(1060);
  });

  test('does not rise where latency says that the knee is near', () => {
    expect(capacityOf(borne(believing(1000), 990, 0.02, { ...UNFELT, room: 0 }))).toBe(capacityOf(believing(1000)));
  });

  test('rises by little close to where it failed a moment ago', () => {
    expect(capacityOf(borne(believing(1000), 990, 0.02, { ...UNFELT, isNearFailure: true }))).toBeLessThan(1013);
  });

  test('is less sure the longer nothing is known, to a bound', () => {
    const width = (belief: Belief) => intervalOf(belief)[1] - intervalOf(belief)[0];
    expect(width(afterSeconds(believing(1000), 600))).toBeGreaterThan(2 * width(believing(1000)));
    expect(width(afterSeconds(believing(1000), 1e9))).toBeCloseTo(width(afterSeconds(believing(1000), 2e9)), 3);
  });

  test('drifts less after every failed probe at the same rate, and more after a change', () => {
    const probed = measured(believing(1000), 1000, 0);
    expect(probed.drift).toBeLessThan(unknown.drift);
    expect(measured(probed, 300, 0).drift).toBe(unknown.drift);
  });

  test('never falls so low that nothing more could be seen', () => {
    const hung = { ...measured(believing(1000), 0.5, 0), provenLog: Math.log(1000) };
    expect(capacityOf(hung)).toBeLessThan(10);
    expect(capacityOf(notBlinding(hung))).toBeCloseTo(150);
    expect(notBlinding(believing(1000))).toEqual(believing(1000));
  });

  test('returns to the proven rate in doubling steps, and no further', () => {
    const low = { ...believing(500), provenLog: Math.log(1000) };
    const once = jumped(low);
    expect(once.log - low.log).toBeCloseTo(low.jumpStep);
    expect(jumped(once).log - once.log).toBeCloseTo(2 * low.jumpStep);
    expect(capacityOf(jumped(jumped(jumped(jumped(low)))))).toBeCloseTo(1000, 3);
  });
});
