import type { Admission, FinishedRequest, GatewayPort, GatewayRequest } from '@tidegate/embedded-aws/gateway';
import { type Scenario, scaledScenario } from '../../../rehearsal/world/scenario.ts';
import { quiet } from '../../../rehearsal/world/scenarios/quiet.ts';
import { retryStorm } from '../../../rehearsal/world/scenarios/retry-storm.ts';
import { seedSurge } from '../../../rehearsal/world/scenarios/seed-surge.ts';
import { BucketGateway, UNLIMITED } from '../../support/world/bucket-gateway.ts';
import { worldOn } from '../../support/world/run-world.ts';

/** A tenth of everything: enough to see, and quick. */
const SCALE = 0.1;
const LIMIT = { rateRps: 2000 * SCALE, burst: 5000 * SCALE };
const withStaticLimits = (scenario: Scenario) =>
  worldOn(new BucketGateway(LIMIT, LIMIT, false), scaledScenario(scenario, SCALE), { scale: SCALE });

/** Admits all but the runaway key, of which it admits what the honest leave over: what perfect limits would do. */
class TrimmedRunaway implements GatewayPort {
  private readonly runaway: BucketGateway;

  constructor(rateRps: number) {
    this.runaway = new BucketGateway({ rateRps, burst: 10 }, UNLIMITED, false);
  }

  admit(request: GatewayRequest, atMs: number): Admission {
    return request.keyId.startsWith('runaway') ? this.runaway.admit(request, atMs) : 'admitted';
  }

  finish(_requests: readonly FinishedRequest[]): void {
    // Nobody reads a log here.
  }
}

describe('without anybody who moves limits', () => {
  it('a quiet day is served whole', () => {
    const { world } = withStaticLimits(quiet);
    world.advance(world.endMs);
    const { goodputRatio, falseThrottleRatio, violationSeconds } = world.scores();
    expect(goodputRatio).toBeGreaterThan(0.995);
    expect([falseThrottleRatio, violationSeconds]).toEqual([0, 0]);
  });

  it('the seed surge takes the honest down with it', () => {
    const { world } = withStaticLimits(seedSurge);
    world.advance(world.endMs);
    const scores = world.scores();
    expect(scores.honestPremiumServed).toBeLessThan(0.5);
    expect(scores.goodputRatio).toBeLessThan(0.6);
    expect(scores.violationSeconds).toBeGreaterThan(600);
    expect(scores.secondsToMitigate).toBeNull();
  });

  it('a retry storm outlives its cause', () => {
    const { world, seconds } = withStaticLimits(retryStorm);
    world.advance(world.endMs);
    const after = seconds.filter(({ second }) => second > retryStorm.surgeEndSeconds + 120);
    expect(after.length).toBeGreaterThan(60);
    expect(after.filter(({ isViolation }) => !isViolation)).toEqual([]);
  });
});

describe('with the runaway key alone trimmed', () => {
  it('the seed surge hurts nobody else', () => {
    const gateway = new TrimmedRunaway(250 * SCALE);
    const { world } = worldOn(gateway, scaledScenario(seedSurge, SCALE), { scale: SCALE });
    world.advance(world.endMs);
    const scores = world.scores();
    expect(scores.honestPremiumServed).toBeGreaterThan(0.99);
    expect(scores.violationSeconds).toBeLessThan(30);
  });
});
