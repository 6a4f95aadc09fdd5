import { minuteSplit } from '../../../shared/law/sharing/minute-split.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { LARGE_BASELINE, stageSituation } from '../../support/builders/stage-situation.ts';
import { cell, minuteWindow } from '../../support/builders/window-sketch.ts';

const OTHERS = '*/*';
const GET = '/data/GET';
const POST = '/orders/POST';
const policy = policySchema.parse({
  api: 'a1/dev',
  methodCost: { [POST]: 4 },
  minutes: { toleranceSeconds: 15, heldFillShare: 0.9 },
});

interface Lived {
  /** By method: what was asked for and what was admitted, in requests a second. */
  readonly rates: Readonly<Record<string, readonly [offered: number, admitted: number]>>;
  readonly stage?: Readonly<Record<string, number>>;
  readonly stageMs?: number;
}

/** By default a stage that lets through 270 requests a second of any method, of orders 41 at cost 4. */
function split(totalCups: number, { rates, stage = { [OTHERS]: 270, [POST]: 41 }, stageMs = 0 }: Lived) {
  const cells = Object.entries(rates).map(([method, [offered, admitted]]) => {
    return [method, cell({ requests: 60 * offered, throttled: 60 * (offered - admitted) })] as const;
  });
  const window = { ...minuteWindow(600_000, { requests: 0 }), cells: { all: Object.fromEntries(cells) } };
  const limits = Object.entries(stage).map(([method, rateRps]) => [method, { rateRps, burst: 25 }] as const);
  const situation = stageSituation({
    policy,
    window,
    before: { stage: Object.fromEntries(limits), tiers: LARGE_BASELINE.tiers },
    input: { effective: { stageMs, tiersMs: {} } },
  });
  return minuteSplit(situation, totalCups);
}

test('a method whose plans let little through gets little more than that, and the others the rest of the total', () => {
  const parts = split(436, { rates: { [OTHERS]: [350, 265], [POST]: [41, 21] } });
  expect(parts[POST]).toBeCloseTo((21 * 4) / 0.9, 9);
  expect(parts[OTHERS]).toBeCloseTo(436 - (21 * 4) / 0.9, 9);
});

test('all methods get a little more than they got where the plans hold them all', () => {
  const parts = split(436, { rates: { [OTHERS]: [350, 180], [POST]: [41, 20] } });
  expect(parts[OTHERS]).toBeCloseTo(180 / 0.9, 9);
  expect(parts[POST]).toBeCloseTo(80 / 0.9, 9);
});

test('they share the total by what all asked for where the plans hold none', () => {
  const parts = split(436, { rates: { [OTHERS]: [350, 268], [POST]: [41, 40] } });
  expect(parts[OTHERS]).toBeCloseTo((436 * 350) / (350 + 164), 9);
  expect(parts[POST]).toBeCloseTo((436 * 164) / (350 + 164), 9);
});

test('a method that fills nine tenths of its limit is not held', () => {
  const stage = { [OTHERS]: 200, [POST]: 41 };
  expect(split(436, { stage, rates: { [OTHERS]: [350, 180] } })[OTHERS]).toBe(436);
  expect(split(436, { stage, rates: { [OTHERS]: [350, 179] } })[OTHERS]).toBeCloseTo(179 / 0.9, 9);
});

test('where the held need more than the total, nothing is left for the others', () => {
  expect(split(90, { rates: { [OTHERS]: [350, 265], [POST]: [41, 21] } })[OTHERS]).toBe(0);
});

test('a method without a limit is not held by any plan', () => {
  const parts = split(400, { stage: { [POST]: 41 }, rates: { [GET]: [350, 10], [POST]: [41, 40] } });
  expect(parts[GET]).toBeCloseTo((400 * 350) / (350 + 164), 9);
});

describe('until a minute was lived under the stage’s limits', () => {
  const rates = { [OTHERS]: [350, 265], [POST]: [41, 21], [GET]: [5, 5] } as const;

  test('they stand in for what is to be expected, a method without its own at the default', () => {
    expect(split(436, { rates, stageMs: 615_001 })).toEqual({ [OTHERS]: 270, [POST]: 164, [GET]: 270 });
    expect(split(436, { rates, stageMs: 615_001, stage: { [POST]: 41 } })).toEqual({
      [OTHERS]: 0,
      [POST]: 164,
      [GET]: 0,
    });
  });

  test('which a little tolerance makes sooner', () => {
    expect(split(436, { rates, stageMs: 615_000 })[POST]).toBeCloseTo((21 * 4) / 0.9, 9);
  });
});
