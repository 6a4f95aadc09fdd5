import {
  bursts,
  constant,
  diurnal,
  during,
  flashCrowd,
  ramp,
  scaled,
  step,
  sum,
} from '../../../rehearsal/world/traffic/rate.ts';

describe('rate functions', () => {
  it('steps at its instant, not before', () => {
    const rate = step(5, 9, 10);
    expect([rate(9.999), rate(10)]).toEqual([5, 9]);
  });

  it('lasts from its start to just before its end', () => {
    const rate = during(7, 10, 20);
    expect([rate(9.9), rate(10), rate(19.9), rate(20)]).toEqual([0, 7, 7, 0]);
  });

  it('ramps in a straight line and stays level outside', () => {
    const rate = ramp(100, 200, 10, 20);
    expect([rate(0), rate(15), rate(99)]).toEqual([100, 150, 200]);
  });

  it('lets a crowd come, stay and leave by e-folds', () => {
    const rate = flashCrowd({
      base: 10,
      peak: 110,
      startSeconds: 60,
      riseSeconds: 10,
      holdSeconds: 30,
      decaySeconds: 20,
    });
    expect(rate(60)).toBe(10);
    expect(rate(65)).toBe(60);
    expect([rate(70), rate(100)]).toEqual([110, 110]);
    expect(rate(120)).toBeCloseTo(10 + 100 / Math.E);
  });

  it('bursts on and off', () => {
    const rate = bursts(1, 9, 2, 3);
    expect([0, 1.9, 2, 4.9, 5].map(rate)).toEqual([9, 9, 1, 1, 9]);
  });

  it('waves once a period', () => {
    const rate = diurnal(10, 30, 100);
    expect([rate(0), rate(25), rate(50), rate(100)].map((value) => Math.round(value))).toEqual([10, 20, 30, 10]);
  });

  it('composes', () => {
    expect(sum(constant(2), scaled(constant(10), 0.5))(0)).toBe(7);
  });
});
