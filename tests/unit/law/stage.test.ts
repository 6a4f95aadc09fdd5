import { burstFor, type StageWish, stageFor } from '../../../shared/law/next/giving/standing-stage.ts';

const WISH: StageWish = {
  totalCups: 100,
  expected: { '/data/GET': 80, '/orders/POST': 5 },
  workOf: (method) => (method === '/orders/POST' ? 4 : 1),
  standing: { '*/*': { rateRps: 1000, burst: 500 } },
  most: { rateRps: 1000, burst: 500 },
  leastRps: 0.1,
  isBinding: true,
  isForced: false,
};

/** Share of a Poisson stream that a full bucket of `burst` refuses when it refills at 1/0.9 of the stream's rate. */
function refusedShare(burst: number): number {
  let seed = 7;
  const random = () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
  let [tokens, refused] = [burst, 0];
  const arrivals = 200_000;
  for (let arrival = 0; arrival < arrivals; arrival++) {
    tokens = Math.min(burst, tokens - Math.log(1 - random()) / 0.9);
    if (tokens >= 1) tokens -= 1;
    else refused++;
  }
  return refused / arrivals;
}

describe('the stage', () => {
  test('lets all but 0.5 % of a Poisson stream at nine tenths of its rate through, at any rate', () => {
    for (const rateRps of [0.5, 4, 40, 600]) expect(refusedShare(burstFor(rateRps))).toBeLessThan(0.005);
  });

  test('divides the total by what each method is expected to cost, a rare one with room for chance', () => {
    const stage = stageFor(WISH);
    expect(stage['/data/GET']?.rateRps).toBeCloseTo(78.4, 0);
    const orderRps = stage['/orders/POST']?.rateRps ?? 0;
    expect(orderRps).toBeGreaterThan(5.2);
    expect((stage['/data/GET']?.rateRps ?? 0) + 4 * orderRps).toBeCloseTo(100, 0);
  });

  test('does not split off a method that is asked for less than once a second', () => {
    const stage = stageFor({ ...WISH, expected: { '/data/GET': 80, '/orders/POST': 0.5 } });
    expect(Object.keys(stage)).toEqual(['*/*']);
  });

  test('is rewritten for the one method that its default governs', () => {
    const alone = { ...WISH, expected: { '/data/GET': 80 } };
    const low = stageFor({ ...alone, totalCups: 30, isForced: true });
    expect(low['*/*']?.rateRps).toBeCloseTo(30);
    expect(stageFor({ ...alone, standing: low, totalCups: 80 })['*/*']?.rateRps).toBeCloseTo(80);
  });

  test('is not rewritten for what chance explains', () => {
    const standing = stageFor(WISH);
    const again = stageFor({ ...WISH, standing, totalCups: 101, expected: { '/data/GET': 78, '/orders/POST': 5.3 } });
    expect(again).toEqual(standing);
    expect(stageFor({ ...WISH, standing, totalCups: 70 })).not.toEqual(standing);
  });
});
