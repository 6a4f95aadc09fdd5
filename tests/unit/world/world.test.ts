import type { Admission, FinishedRequest, GatewayPort, GatewayRequest } from '@tidegate/embedded-aws/gateway';
import type { ClientBehaviour, Scenario } from '../../../rehearsal/world/scenario.ts';
import { BACKEND, METHODS, OBJECTIVE } from '../../../rehearsal/world/scenarios/common.ts';
import { constant, during } from '../../../rehearsal/world/traffic/rate.ts';
import { BucketGateway, UNLIMITED } from '../../support/world/bucket-gateway.ts';
import { START_MS, worldOn } from '../../support/world/run-world.ts';

function scenarioOf(overrides: Partial<Scenario> = {}, behaviour: ClientBehaviour = { kind: 'none' }): Scenario {
  const group = { honest: true, keyCount: 5, skew: 1, mix: [0.9, 0.1], behaviour };
  return {
    name: 'test',
    title: 'A test.',
    durationSeconds: 30,
    onsetSeconds: 0,
    surgeEndSeconds: 30,
    objective: OBJECTIVE,
    methods: METHODS,
    groups: [
      { ...group, name: 'p', tier: 'premium', demand: constant(200) },
      { ...group, name: 'b', tier: 'basic', demand: constant(100) },
    ],
    backend: BACKEND,
    ...overrides,
  };
}

/** Answers every request alike and remembers all of them. */
class Recorder implements GatewayPort {
  readonly asked: (GatewayRequest & { atMs: number })[] = [];
  readonly finished: FinishedRequest[] = [];
  private readonly answer: Admission;

  constructor(answer: Admission) {
    this.answer = answer;
  }

  admit(request: GatewayRequest, atMs: number): Admission {
    this.asked.push({ ...request, atMs });
    return this.answer;
  }

  finish(requests: readonly FinishedRequest[]): void {
    this.finished.push(...requests);
  }
}

describe('the world', () => {
  it("answers from the gateway's cache without the backend, which costs nothing and shows no integration", () => {
    const gateway = new Recorder('admitted');
    const { world } = worldOn(
      gateway,
      scenarioOf({ backend: { ...BACKEND, capacity: constant(60), cachedShare: 0.9 } }),
    );
    world.advance(world.endMs);
    const [cached, others] = [true, false].map((isCached) =>
      gateway.finished.filter(({ integrationLatencyMs }) => (integrationLatencyMs === undefined) === isCached),
    );
    expect((cached?.length ?? 0) / gateway.finished.length).toBeCloseTo(0.9, 1);
    expect(cached?.every(({ status, startMs, endMs }) => status === 200 && endMs - startMs === 5)).toBe(true);
    expect(others?.every(({ startMs, endMs }) => endMs - startMs > 50)).toBe(true);
    // Of 390 cost units a second the backend sees 39, which it bears.
    expect(world.scores()).toMatchObject({ goodputRatio: expect.closeTo(1, 1), violationSeconds: 0, stressSeconds: 0 });
  });

  it('asks the gateway in the order of time and reports in the order of the answers', () => {
    const gateway = new Recorder('admitted');
    const { world } = worldOn(gateway, scenarioOf());
    world.advance(world.endMs);
    const isAscending = (values: number[]) => values.every((value, index) => value >= (values[index - 1] ?? 0));
    expect(gateway.asked.length).toBeGreaterThan(8000);
    expect(isAscending(gateway.asked.map(({ atMs }) => atMs))).toBe(true);
    expect(isAscending(gateway.finished.map(({ endMs }) => endMs))).toBe(true);
    expect(gateway.finished.every(({ startMs, endMs }) => endMs > startMs && startMs >= START_MS)).toBe(true);
  });

  it('plays the same run for the same seed, however it is sliced, and another for another', () => {
    const run = (seed: number, stepMs: number) => {
      const gateway = new BucketGateway({ rateRps: 30, burst: 30 }, UNLIMITED);
      const { world } = worldOn(gateway, scenarioOf({}, { kind: 'backoff', maxAttempts: 3, baseMs: 200, capMs: 900 }), {
        seed,
      });
      for (let atMs = START_MS; atMs <= world.endMs; atMs += stepMs) world.advance(atMs);
      return { finished: gateway.finished, scores: world.scores() };
    };
    const first = run(1, 100);
    expect(run(1, 1000)).toEqual(first);
    expect(run(2, 100).finished).not.toEqual(first.finished);
  });

  it('finds no false throttle where a plan contains a flood, although two buckets admit different requests of it', () => {
    const { world } = worldOn(
      new BucketGateway({ rateRps: 101, burst: 200 }, UNLIMITED), // Best effort: one more than its contract.
      scenarioOf({
        groups: [
          { ...scenarioOf().groups[0], name: 'flood', tier: 'basic', keyCount: 1, demand: constant(2000) },
        ] as Scenario['groups'],
      }),
    );
    world.advance(world.endMs);
    expect(world.scores().falseThrottleRatio).toBeLessThan(0.001);
    expect(world.scores().goodputRatio).toBeCloseTo(1, 1);
  });

  it('brings the same fresh demand whatever the gateway does', () => {
    const fresh = (answer: Admission) => {
      const gateway = new Recorder(answer);
      const { world } = worldOn(gateway, scenarioOf());
      world.advance(world.endMs);
      return gateway.asked;
    };
    expect(fresh('THROTTLED')).toEqual(fresh('admitted'));
  });

  it('offers what its groups demand, by tier and method', () => {
    const gateway = new Recorder('admitted');
    const { world, seconds } = worldOn(gateway, scenarioOf());
    world.advance(world.endMs);
    const offered = (tier: string) => seconds.reduce((sum, second) => sum + (second.tiers[tier]?.offered ?? 0), 0) / 30;
    expect(offered('premium') / 200).toBeCloseTo(1, 1);
    expect(offered('basic') / 100).toBeCloseTo(1, 1);
    const orders = gateway.asked.filter(({ verb, path }) => verb === 'POST' && path === '/orders');
    expect(orders.length / gateway.asked.length).toBeCloseTo(0.1, 1);
    expect(world.requestCount).toBe(gateway.asked.length);
  });

  it('gives up after the last attempt and counts retries as load, not as demand', () => {
    const gateway = new Recorder('THROTTLED');
    const { world } = worldOn(gateway, scenarioOf({}, { kind: 'immediate', maxAttempts: 3 }));
    world.advance(world.endMs);
    const once = worldOn(new Recorder('THROTTLED'), scenarioOf()).world;
    once.advance(once.endMs);
    expect(world.requestCount / once.requestCount).toBeCloseTo(3, 1);
    expect(gateway.finished.every(({ status, errorType }) => status === 429 && errorType === 'THROTTLED')).toBe(true);
  });

  it('does not retry what the quota or the key forbids', () => {
    for (const answer of ['QUOTA_EXCEEDED', 'INVALID_API_KEY'] as const) {
      const gateway = new Recorder(answer);
      const { world } = worldOn(gateway, scenarioOf({}, { kind: 'immediate', maxAttempts: 3 }));
      const once = worldOn(new Recorder(answer), scenarioOf()).world;
      world.advance(world.endMs);
      once.advance(once.endMs);
      expect(world.requestCount).toBe(once.requestCount);
      expect(gateway.finished[0]?.status).toBe(answer === 'QUOTA_EXCEEDED' ? 429 : 403);
    }
  });

  it('reports backend and integration of what was admitted, and timeouts as the gateway sends them', () => {
    const dead = { ...BACKEND, capacity: constant(1), queueSeconds: 1e6 };
    const gateway = new Recorder('admitted');
    const { world } = worldOn(gateway, scenarioOf({ backend: dead, durationSeconds: 40, surgeEndSeconds: 40 }));
    world.advance(world.endMs);
    const timedOut = gateway.finished.filter(({ status }) => status === 504);
    expect(timedOut.length).toBeGreaterThan(1000);
    expect(timedOut[0]).toMatchObject({ errorType: 'INTEGRATION_TIMEOUT', integrationLatencyMs: 29_000 });
    expect(timedOut[0]?.backendStatus).toBeUndefined();
    const served = gateway.finished.find(({ status }) => status === 200);
    expect(served).toMatchObject({
      backendStatus: 200,
      integrationLatencyMs: (served?.endMs ?? 0) - (served?.startMs ?? 0),
    });
  });

  it('shows every second once, with its latency and backlog', () => {
    const overload = scenarioOf({ backend: { ...BACKEND, capacity: constant(200) } });
    const { world, seconds } = worldOn(new Recorder('admitted'), overload);
    world.advance(world.endMs);
    expect(seconds.map(({ second }) => second)).toEqual(Array.from({ length: 30 }, (_, index) => index));
    expect(seconds.at(-1)).toMatchObject({ endMs: START_MS + 30_000, capacityCups: 200, isViolation: true });
    expect(seconds.at(-1)?.backlogSeconds).toBeCloseTo(3, 1);
    expect(seconds.at(-1)?.latencyP90Ms).toBeGreaterThan(3000);
  });

  it('has seconds without answers', () => {
    const [group] = scenarioOf().groups;
    const quiet = scenarioOf({ groups: group ? [{ ...group, demand: during(50, 0, 5) }] : [] });
    const { world, seconds } = worldOn(new Recorder('admitted'), quiet);
    world.advance(world.endMs);
    expect(seconds[20]).toMatchObject({ latencyP90Ms: undefined, isViolation: false, backlogSeconds: 0 });
  });

  it('refuses a group of a tier it was not told of', () => {
    const [group] = scenarioOf().groups;
    const stray = scenarioOf({ groups: group ? [{ ...group, tier: 'gold' }] : [] });
    expect(() => worldOn(new Recorder('admitted'), stray)).toThrow('Group p names the unknown tier gold.');
  });
});
