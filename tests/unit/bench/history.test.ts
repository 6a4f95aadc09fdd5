import type { BenchLaw } from '../../../bench/laws/bench-law.ts';
import { calmHistory } from '../../../bench/laws/calm-history.ts';
import { delaysOf } from '../../../bench/loop/delays.ts';
import { runLoop, START_MS } from '../../../bench/loop/run.ts';
import { benchPolicy } from '../../../bench/runner/policy.ts';
import { calmDay } from '../../../bench/scenarios/calm-day.ts';
import { BENCH_SCENARIOS } from '../../../bench/scenarios/index.ts';
import type { Law, LawInput } from '../../../shared/law/types.ts';

const SIZE = 0.02;

/** Remembers when it last looked, and wants what is live, but for a premium plan of 7. */
const remembering: Law<unknown> = ({ live, now }: LawInput<unknown>) => ({
  state: { lookedMs: now },
  conclusion: { kind: 'hold', verdict: 'trustworthy', rule: 'r', reason: 'r.', wouldChange: 'w.', estimates: {} },
  desired: { stage: live.stage, tiers: { ...live.tiers, premium: { rateRps: 7, burst: 7 } } },
});
const law: BenchLaw = {
  name: 'remembering',
  telemetry: { kind: 'windows', ageSeconds: 10 },
  create: () => remembering,
};

test('a law that learns begins a story with what a calm day left behind, which ended as the story begins', async () => {
  const history = await calmHistory(law, 1, SIZE);
  const { lookedMs } = history.state as { lookedMs: number };
  expect(START_MS - lookedMs).toBeGreaterThanOrEqual(0);
  expect(START_MS - lookedMs).toBeLessThan(60_000);
  expect(history.limits.tiers.premium).toEqual({ rateRps: 7, burst: 7 });
  expect(await calmHistory(law, 1, SIZE)).toBe(history);

  const { scenario, baseline } = calmDay.draw(2, SIZE);
  const seen: (unknown | undefined)[] = [];
  const watching: Law<unknown> = (input) => {
    if (seen.length === 0) seen.push(input.state, input.live.tiers.premium);
    return remembering(input);
  };
  const short = { ...scenario, durationSeconds: 60 };
  await runLoop({ scenario: short, baseline, seed: 2, policy: benchPolicy(SIZE), law: watching, history });
  expect(seen).toEqual([history.state, history.limits.tiers.premium]);
});

test('on a calm day nobody but honest clients asks, and there is room for all', () => {
  const { scenario } = calmDay.draw(1, 1);
  expect(scenario.groups.every(({ honest }) => honest)).toBe(true);
  expect(BENCH_SCENARIOS).not.toContain(calmDay);
});

test('one story begins without a history', () => {
  expect(BENCH_SCENARIOS.filter(({ hasNoHistory }) => hasNoHistory).map(({ name }) => name)).toEqual(['brief-unknown']);
});

test('delays are drawn by seed, from ranges on both sides of what is assumed', () => {
  const drawn = Array.from({ length: 40 }, (_, seed) => delaysOf(seed));
  expect(delaysOf(3)).toEqual(drawn[3]);
  const longest = drawn.map(({ stageMs }) => stageMs.max);
  expect(Math.min(...longest)).toBeLessThan(10_000);
  expect(Math.max(...longest)).toBeGreaterThan(10_000);
  expect(
    drawn.every(({ stageMs, planMs, minuteMs }) => [stageMs, planMs, minuteMs].every(({ min, max }) => min < max)),
  ).toBe(true);
});
