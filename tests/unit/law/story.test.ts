import { nextLaw } from '../../../shared/law/next/next-law.ts';
import type { NextState } from '../../../shared/law/next/next-state.ts';
import type { Conclusion, LawInput, LawOutput } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { LIVE, RESTING } from '../../support/builders/law-input.ts';
import { roundPolicy } from '../../support/builders/round-policy.ts';
import { logWindow } from '../../support/builders/window-sketch.ts';

const STEP_MS = 10_000;
const policy = roundPolicy({ mode: 'enforce', objective: { latencyMs: 500 } });

interface Moment {
  readonly limits: Limits;
  readonly conclusion: Conclusion;
  readonly usual: NextState['usual'];
}

/**
 * A backend of a single queue in steps of ten seconds: what a step decides is in force in the next, and each step is told
 * of the one before. `course` says what is asked for and borne, requests per second, at each second.
 */
function play(
  seconds: number,
  course: (second: number) => { readonly asked: number; readonly borne: number },
): Moment[] {
  const moments: Moment[] = [];
  let output: LawOutput<NextState> | undefined;
  let live = LIVE;
  let queue = 0;
  for (let second = 0; second < seconds; second += 10) {
    const startMs = 1_000_000 + second * 1000;
    const { asked, borne } = course(second);
    const key = Math.min(asked, live.tiers.premium?.rateRps ?? 0);
    const admitted = Math.min(key, live.stage['/data/GET']?.rateRps ?? live.stage['*/*']?.rateRps ?? 0);
    const done = Math.min(borne * 10, queue + admitted * 10);
    queue = queue + admitted * 10 - done;
    const latencyMs = borne > 0 ? 180 + (1000 * queue) / borne : 29_000;
    const requests = Math.round(done + (asked - admitted) * 10);
    const window = logWindow(startMs, {
      premium: { requests, throttled: Math.round((asked - admitted) * 10), latencyMs },
    });
    const input: LawInput<NextState> = {
      state: output === undefined ? undefined : (JSON.parse(JSON.stringify(output.state)) as NextState),
      windows: [window],
      live,
      effective: { stageMs: startMs, tiersMs: { premium: startMs, basic: startMs } },
      policy,
      baseline: RESTING,
      now: startMs + STEP_MS,
    };
    output = nextLaw(input);
    live = { stage: { ...live.stage, ...output.desired.stage }, tiers: output.desired.tiers };
    moments.push({ limits: live, conclusion: output.conclusion, usual: output.state.usual });
  }
  return moments;
}

const stageRps = ({ limits }: Moment) => limits.stage['*/*']?.rateRps ?? 0;
const last = (moments: readonly Moment[]) => moments.at(-1) as Moment;

describe('the law in a loop', () => {
  const calm = play(600, () => ({ asked: 100, borne: 150 }));

  test('at rest leaves plans at their baselines and the stage well above what is asked for', () => {
    expect(last(calm).limits.tiers).toEqual(RESTING.tiers);
    expect(stageRps(last(calm))).toBeGreaterThan(130);
    expect(last(calm).conclusion.kind).toBe('hold');
  });

  test('states capacity with an interval in every decision, in words and in figures', () => {
    const { reason, estimates, wouldChange } = last(calm).conclusion;
    expect(reason).toMatch(/Capacity \d+ cost units\/s, 80 % between \d+ and \d+/);
    expect(estimates.capacityLowCups).toBeLessThan(estimates.capacityCups ?? 0);
    expect(estimates.capacityHighCups).toBeGreaterThan(estimates.capacityCups ?? 0);
    expect(wouldChange).not.toBe('');
  });

  const loss = play(2400, (second) => ({ asked: 100, borne: second >= 600 && second < 1200 ? 60 : 150 }));

  test('meets a loss of capacity with what the backend completes, and drains the queue', () => {
    const during = loss.slice(66, 118);
    expect(during.map(({ conclusion }) => conclusion.kind)).toContain('brake');
    expect(during.every((moment) => stageRps(moment) < 100)).toBe(true);
    expect(Math.min(...during.map(stageRps))).toBeLessThan(0.9 * 60);
    expect(during.slice(-10).reduce((sum, moment) => sum + stageRps(moment), 0) / 10).toBeGreaterThan(45);
  });

  test('learns nothing usual in trouble', () => {
    const secondsLearned = ({ usual }: Moment) => usual.seconds;
    expect(secondsLearned(loss[115] as Moment)).toBe(secondsLearned(loss[65] as Moment));
  });

  test('is at rest again within ten minutes after capacity has returned', () => {
    const later = loss.slice(180);
    expect(later.every(({ limits }) => limits.tiers.premium?.rateRps === RESTING.tiers.premium?.rateRps)).toBe(true);
    expect(later.every((moment) => stageRps(moment) > 105)).toBe(true);
  });

  test.each([100, 10, 4])('lets go within ten minutes after a hang, at %s requests a second', (asked) => {
    const moments = play(1400, (second) => ({ asked, borne: second >= 600 && second < 660 ? 0 : 1.5 * asked }));
    expect(moments.slice(126).every((moment) => stageRps(moment) > 1.05 * asked)).toBe(true);
  });
});
