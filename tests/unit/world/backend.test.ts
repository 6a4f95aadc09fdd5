import { randomStreams } from '../../../rehearsal/world/random-streams.ts';
import type { BackendSpec } from '../../../rehearsal/world/scenario.ts';
import { Backend, type Job } from '../../../rehearsal/world/simulated-backend.ts';
import { constant, step } from '../../../rehearsal/world/traffic/rate.ts';

const SPEC: BackendSpec = {
  capacity: constant(1000),
  baseLatencyMs: 200,
  latencySpread: 0,
  kneeGrowth: 0,
  queueSeconds: 60,
  collapsePerQueuedSecond: 0,
  collapseFloor: 1,
};

interface Answered {
  readonly startMs: number;
  readonly endMs: number;
  readonly status: number;
}

function bench(overrides: Partial<BackendSpec> = {}) {
  const answers: Answered[] = [];
  const backend = new Backend<Job>({ ...SPEC, ...overrides }, randomStreams(1)('backend'), (job, endMs, status) =>
    answers.push({ startMs: job.startMs, endMs, status }),
  );
  const submit = (startMs: number, cost = 1, slowness = 1) =>
    backend.submit({ startMs, cost, slowness, doneAtWork: 0, isAnswered: false }, startMs / 1000);
  const run = (fromMs: number, toMs: number) => {
    for (let nowMs = fromMs; nowMs < toMs; nowMs++) backend.advance(nowMs, nowMs / 1000);
  };
  return { backend, answers, submit, run };
}

describe('the backend', () => {
  it("takes longer for some clients' requests, and at some times for everybody's, without more work", () => {
    const { answers, submit, run, backend } = bench({ slowness: step(1, 3, 1) });
    submit(0);
    submit(0, 1, 6);
    run(0, 1000);
    submit(1000);
    run(1000, 1010);
    expect(answers.map(({ startMs, endMs }) => endMs - startMs)).toEqual([200, 1200, 600]);
    expect(backend.backlogWork).toBe(0);
  });

  it('has noise that lasts: what is slow stays slow for a while', () => {
    const { answers, submit, run } = bench({ lastingNoise: { spread: 0.2, seconds: 60 } });
    for (let second = 0; second < 2000; second++) {
      submit(second * 1000);
      run(second * 1000, (second + 1) * 1000);
    }
    const logs = answers.map(({ startMs, endMs }) => Math.log((endMs - startMs) / 200));
    const spread = (values: readonly number[]) => Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
    expect(spread(logs)).toBeGreaterThan(0.1);
    expect(spread(logs)).toBeLessThan(0.3);
    const steps = logs.slice(1).map((log, index) => log - (logs[index] ?? 0));
    expect(spread(steps)).toBeLessThan(0.3 * spread(logs));
  });

  it('fails at once what a service behind it does not bear in a second', () => {
    const { answers, submit, run } = bench({ dependencyCups: constant(3) });
    for (const atMs of [0, 100, 200]) submit(atMs, 1);
    submit(300, 4);
    submit(400, 1);
    run(0, 1000);
    submit(1000, 3);
    run(1000, 1010);
    expect(answers.map(({ startMs, status }) => [startMs, status])).toEqual(
      expect.arrayContaining([
        [200, 200],
        [300, 500],
        [400, 500],
        [1000, 200],
      ]),
    );
    expect(answers).toContainEqual({ startMs: 400, endMs: 420, status: 500 });
  });

  it('answers an idle request after its base latency', () => {
    const { answers, submit, run } = bench();
    submit(0);
    run(0, 10);
    expect(answers).toEqual([{ startMs: 0, endMs: 200, status: 200 }]);
  });

  it('serves first come, first served, at its capacity', () => {
    const { answers, submit, run } = bench();
    for (let job = 0; job < 3; job++) submit(0, 100);
    run(0, 300);
    expect(answers.map((answer) => answer.endMs)).toEqual([200, 200, 300]);
  });

  it('works through what waits at the capacity of the moment', () => {
    const { answers, submit, run } = bench({ capacity: step(1000, 500, 0.1) });
    submit(0, 200);
    run(0, 400);
    expect(answers.map((answer) => answer.endMs)).toEqual([300]); // 100 ms at 1,000, 200 ms at 500.
  });

  it('refuses with a fast 503 what it cannot let wait', () => {
    const { answers, submit, run } = bench({ queueSeconds: 0.1 });
    submit(0, 101);
    submit(0, 1);
    run(0, 1);
    expect(answers).toEqual([{ startMs: 0, endMs: 20, status: 503 }]);
  });

  it('is given up by the gateway after 29 s, and its work is wasted', () => {
    const { backend, answers, submit, run } = bench();
    submit(0, 29_500);
    submit(0, 10);
    run(0, 29_000);
    expect(answers).toEqual([
      { startMs: 0, endMs: 29_000, status: 504 },
      { startMs: 0, endMs: 29_000, status: 504 },
    ]);
    run(29_000, 30_000);
    expect(backend.backlogWork).toBeCloseTo(0);
    expect(answers).toHaveLength(2);
  });

  it('is given up when its own latency ends too late', () => {
    const { answers, submit, run } = bench({ baseLatencyMs: 30_000 });
    submit(0);
    run(0, 10);
    expect(answers).toEqual([{ startMs: 0, endMs: 29_000, status: 504 }]);
  });

  it('loses capacity to the work that waits, down to a floor', () => {
    const { backend, submit, run } = bench({ collapsePerQueuedSecond: 0.5, collapseFloor: 0.25 });
    submit(0, 10_000); // Ten seconds of work: half a capacity lost per second, so the floor holds.
    run(0, 1000);
    expect(backend.backlogWork).toBeCloseTo(9750);
  });

  it('counts what it could have done without work', () => {
    const { backend, submit, run } = bench();
    submit(0, 400);
    run(0, 1000);
    expect(backend.takeIdleWork()).toBeCloseTo(600);
    expect(backend.takeIdleWork()).toBe(0);
  });

  it('grows slower near saturation', () => {
    const { answers, submit, run } = bench({ kneeGrowth: 1 });
    for (let nowMs = 0; nowMs < 10_000; nowMs++) {
      submit(nowMs);
      run(nowMs, nowMs + 1);
    }
    const last = answers.at(-1);
    expect((last?.endMs ?? 0) - (last?.startMs ?? 0)).toBeCloseTo(400, -1);
  });

  it('fails a share of requests fast, whatever the load, without doing their work', () => {
    const { backend, answers, submit } = bench({ fastFailureShare: constant(0.3) });
    for (let job = 0; job < 10_000; job++) submit(0);
    expect(answers.every((answer) => answer.status === 500 && answer.endMs === 20)).toBe(true);
    expect(answers.length / 10_000).toBeCloseTo(0.3, 1);
    expect(backend.backlogWork).toBe(10_000 - answers.length);
  });

  it('does not slow down before its knee, wherever that is, and not further after it', () => {
    const latencyAt = (perMs: number) => {
      const { answers, submit, run } = bench({ kneeGrowth: 4, kneeFrom: 1.01, kneeTo: 1.07, roomShare: 0.5 });
      for (let nowMs = 0; nowMs < 10_000; nowMs++) {
        submit(nowMs, perMs);
        run(nowMs, nowMs + 1);
      }
      const last = answers.at(-1);
      return (last?.endMs ?? 0) - (last?.startMs ?? 0);
    };
    expect([1, 1.2, 1.4].map(latencyAt)).toEqual([200, 1000, 1000]);
  });

  it('does more than its capacity where it has room, and was not idle then', () => {
    const { backend, submit, run } = bench({ roomShare: 0.5 });
    submit(0, 1600);
    run(0, 1000);
    expect(backend.backlogWork).toBeCloseTo(100);
    expect(backend.takeIdleWork()).toBe(0);
  });

  it('fails the more requests the further load is beyond a bound, after doing their work', () => {
    const failedAt = (perMs: number) => {
      const { answers, submit, run } = bench({
        roomShare: 1,
        loadFailure: { fromUtilisation: 1, sharePerUtilisation: 2 },
      });
      for (let nowMs = 0; nowMs < 30_000; nowMs++) {
        submit(nowMs, perMs);
        run(nowMs, nowMs + 1);
      }
      const settled = answers.filter(({ startMs }) => startMs > 10_000);
      expect(settled.every(({ startMs, endMs }) => endMs - startMs === 200)).toBe(true);
      return settled.filter(({ status }) => status === 500).length / settled.length;
    };
    expect(failedAt(0.9)).toBe(0);
    expect(failedAt(1.1)).toBeCloseTo(0.2, 1);
    expect(failedAt(1.3)).toBeCloseTo(0.6, 1);
    expect(failedAt(1.8)).toBe(1);
  });

  it('answers everything once, also when it forgets a long past', () => {
    const { answers, submit, run } = bench();
    for (let nowMs = 0; nowMs < 40_000; nowMs++) {
      submit(nowMs);
      run(nowMs, nowMs + 1);
    }
    expect(answers).toHaveLength(40_000);
    expect(new Set(answers.map((answer) => answer.startMs)).size).toBe(40_000);
  });
});
