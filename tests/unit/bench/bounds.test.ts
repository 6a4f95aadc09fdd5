import { type ContractKey, wantedOf } from '../../../bench/laws/bounds/known-demand.ts';
import { keyResponse, tierResponses } from '../../../bench/laws/bounds/known-response.ts';
import { extrapolated, late } from '../../../bench/laws/bounds/outlook.ts';
import { bestLevels } from '../../../bench/laws/bounds/plan-targets.ts';
import { Knowledge } from '../../../bench/laws/knowledge.ts';
import { benchPolicy } from '../../../bench/runner/policy.ts';
import { BENCH_SCENARIOS } from '../../../bench/scenarios/index.ts';
import type { Scenario } from '../../../rehearsal/world/scenario.ts';

const key = (rps: number, attempts: number, tier = 'basic'): ContractKey => ({
  keyId: `${tier}-${rps}`,
  tier,
  rps,
  attempts,
  costPerRequest: 1,
  squaredCost: 1,
  mix: { '/data/GET': 1 },
  contractRps: rps,
  usualRps: rps,
});

test('a key that does not retry loses as many first attempts as it is trimmed by', () => {
  expect(keyResponse(key(10, 1), 6, 1)).toEqual({ admittedRps: 6, firstRps: expect.closeTo(6) });
});

test('a key that tries three times and is trimmed by 2 % loses 27 % of its first attempts', () => {
  const { admittedRps, firstRps } = keyResponse(key(100, 3), 98, 1);
  expect(admittedRps).toBe(98);
  expect(firstRps).toBeCloseTo(72.9, 1);
});

test('behind a stage that lets half of the attempts through, three tries serve half of the first attempts', () => {
  const { admittedRps, firstRps } = keyResponse(key(100, 3), Number.POSITIVE_INFINITY, 0.5);
  expect(firstRps).toBeCloseTo(50);
  expect(admittedRps).toBeCloseTo(87.5);
});

test('a stage admits its total in all, whoever asks', () => {
  const limits = { basic: { rateRps: 100, burst: 100 } };
  const keys = [key(60, 3), key(40, 3)];
  const response = tierResponses(keys, limits, limits, 50).get('basic');
  expect(response?.admitted).toBeCloseTo(50, 0);
  expect(response?.first).toBeLessThan(25);
});

test('levels: within the total, premium whole and basic trimmed where basic is worth less', () => {
  const policy = benchPolicy();
  const keys = [key(100, 3, 'premium'), ...[50, 30, 20, 10].map((rps) => key(rps, 3))];
  const levels = bestLevels(keys, wantedOf(160, keys, policy), 160, policy);
  expect(levels.get('premium')).toBeGreaterThanOrEqual(100);
  const basic = levels.get('basic') ?? 0;
  const admitted = [50, 30, 20, 10].reduce((sum, rps) => sum + Math.min(rps, basic), 0);
  expect(admitted).toBeLessThanOrEqual(61);
  expect(admitted).toBeGreaterThan(50);
});

test("levels: a runaway's excess gives way to the usual demand of lighter tiers", () => {
  const policy = benchPolicy();
  const runaway = { ...key(500, 1, 'premium'), usualRps: 10 };
  const keys = [runaway, key(20, 1, 'premium'), ...[30, 20, 10].map((rps) => key(rps, 1))];
  // Of 130 units 52 are due to premium, its floor, 60 to basic; the 18 that are left are premium's: 50 for the runaway.
  const levels = bestLevels(keys, wantedOf(130, keys, policy), 130, policy);
  expect(levels.get('basic')).toBeGreaterThanOrEqual(30);
  expect(levels.get('premium')).toBeGreaterThan(40);
  expect(levels.get('premium')).toBeLessThanOrEqual(51);
});

describe('a bound that learns late', () => {
  const HOUR_MS = 3_600_000;
  const scenario = BENCH_SCENARIOS.find(({ name }) => name === 'slow-leak')?.draw(1, 0.1).scenario as Scenario;
  const knowledge = new Knowledge(scenario, HOUR_MS, 0);
  const truth = (second: number) => scenario.backend.capacity(second);
  const inTheLeak = scenario.onsetSeconds + 200;
  const now = HOUR_MS + inTheLeak * 1000;

  test('knows what stood that long ago', () => {
    expect(late(60, 0)(knowledge, now).capacityCups(0)).toBeCloseTo(truth(inTheLeak - 60), 6);
    expect(extrapolated(knowledge, now).capacityCups(0)).toBeCloseTo(truth(inTheLeak), 6);
  });

  test('takes a steady course to have gone on', () => {
    expect(late(60, 60)(knowledge, now).capacityCups(0)).toBeCloseTo(truth(inTheLeak), 1);
    expect(truth(inTheLeak)).toBeLessThan(truth(inTheLeak - 60));
  });
});
