import {
  afterOverload,
  afterSeconds,
  borne,
  capacityOf,
  climbed,
  failedAt,
  intervalOf,
  leadOf,
  measured,
  notBlinding,
  relieved,
} from '../../../shared/law/next/backend/capacity.ts';
import { type Belief, initialState } from '../../../shared/law/next/next-state.ts';

const { belief: unknown } = initialState({ stage: {}, tiers: {} }, 0);
const believing = (cups: number, spread = 0.05): Belief => ({ ...unknown, log: Math.log(cups), variance: spread ** 2 });
const NOW = 1_000_000;
/** A step up while the backend feels nothing and takes all that is believed of it. */
const step = (belief: Belief, now = NOW) => climbed(belief, capacityOf(belief), 1, now);

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
    expect(capacityOf(borne(believing(1000), 500, 0.02, 1))).toBeCloseTo(1000, 0);
  });

  test('rises when the backend bears what was believed to be all', () => {
    const cups = capacityOf(borne(believing(1000), 990, 0.02, 1));
    expect(cups).toBeGreaterThan(1015);
    expect(cups).toBeLessThan(1060);
  });

  test('does not rise where latency says that the knee is near', () => {
    expect(capacityOf(borne(believing(1000), 990, 0.02, 0))).toBe(capacityOf(believing(1000)));
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
    expect(capacityOf(notBlinding(hung))).toBeCloseTo(250);
    expect(notBlinding(believing(1000))).toEqual(believing(1000));
  });

  test('climbs by steps that double while it is far below the last failure', () => {
    const low = { ...failedAt(believing(500), NOW), failedLog: Math.log(1000) };
    const once = step(low);
    expect(once.log - low.log).toBeCloseTo(low.climbStep);
    expect(step(once).log - once.log).toBeCloseTo(2 * low.climbStep);
    expect(leadOf(once)).toBeGreaterThan(1);
  });

  test('climbs in small steps close to the last failure, and not before the wait is over', () => {
    const near = afterOverload(failedAt(believing(1000), NOW), NOW);
    const close = { ...near, log: near.failedLog ?? 0 };
    expect(step(close)).toBe(close);
    const later = step(close, close.nextClimbMs);
    expect(later.log - close.log).toBeLessThan(0.03);
    expect(leadOf(later)).toBe(1);
  });

  test('waits longer after every failure, to a bound, and forgets the failure once it is passed', () => {
    const first = afterOverload(failedAt(believing(1000), NOW), NOW);
    const second = afterOverload(first, NOW);
    expect(second.nextClimbMs - NOW).toBe(2 * (first.nextClimbMs - NOW));
    const tenth = Array.from({ length: 8 }).reduce<Belief>((belief) => afterOverload(belief, NOW), second);
    expect(tenth.nextClimbMs - NOW).toBeLessThanOrEqual(240_000);
    const passed = step({ ...first, log: (first.failedLog ?? 0) + 0.075 }, first.nextClimbMs);
    expect(passed.failedLog).toBeNull();
  });

  test('waits for nothing once latency shows that the load is gone', () => {
    const failed = afterOverload(failedAt(believing(1000), NOW), NOW);
    expect(step(relieved(failed)).log).toBeGreaterThan(failed.log);
  });

  test('does not climb beyond what was let in by more than can be told', () => {
    const idle = { ...believing(1000), failedLog: Math.log(2000) };
    expect(climbed(idle, 500, 1, NOW)).toBe(idle);
  });
});
