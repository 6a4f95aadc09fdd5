import { parseFault } from '@tidegate/embedded-aws/faults';
import { EPOCH_MS, type RehearsalSecond, runRehearsal } from '../../../rehearsal/run/run-rehearsal.ts';
import type { Scenario } from '../../../rehearsal/world/scenario.ts';
import { BACKEND, METHODS, OBJECTIVE } from '../../../rehearsal/world/scenarios/common.ts';
import { constant } from '../../../rehearsal/world/traffic/rate.ts';
import { MiniatureCloud } from '../../support/world/miniature-cloud.ts';

const SCENARIO: Scenario = {
  name: 'short',
  title: 'Two minutes of ten keys.',
  durationSeconds: 150,
  onsetSeconds: 10,
  surgeEndSeconds: 90,
  objective: OBJECTIVE,
  methods: METHODS,
  groups: [
    {
      name: 'few',
      tier: 'premium',
      honest: true,
      keyCount: 10,
      skew: 1,
      demand: constant(20),
      mix: [1, 0],
      behaviour: { kind: 'none' },
    },
  ],
  backend: BACKEND,
};
/** Preparation takes five minutes. */
const START_MS = EPOCH_MS + 300_000;

async function rehearse(overrides: Partial<Parameters<typeof runRehearsal>[0]> = {}) {
  const cloud = new MiniatureCloud({ api: 'someone/else', mode: 'enforce' });
  cloud.schedule(START_MS + 60_000);
  const seconds: RehearsalSecond[] = [];
  let wallMs = 0;
  const report = await runRehearsal({
    cloud,
    scenario: SCENARIO,
    seed: 7,
    wallNowMs: () => (wallMs += 1500),
    onSecond: (second) => {
      seconds.push(second);
    },
    ...overrides,
  });
  return { cloud, report, seconds };
}

describe('a rehearsal', () => {
  it('ends in one sentence when its service is removed in the middle', async () => {
    const cloud = new MiniatureCloud({ api: 'someone/else', mode: 'enforce' });
    const rehearsal = runRehearsal({
      cloud,
      scenario: SCENARIO,
      seed: 7,
      wallNowMs: () => 0,
      onSecond: ({ snapshot }) => {
        cloud.isRemoved = snapshot.second >= 20;
      },
    });
    await expect(rehearsal).rejects.toMatchObject({
      name: 'CommandError',
      message: 'The service was removed while the incident was played. Fix: run the command again.',
    });
  });

  it('reports what happened in the scenario, and nothing from before', async () => {
    const { report } = await rehearse();
    expect(report).toMatchObject({
      scenario: 'short',
      seed: 7,
      simulatedSeconds: 150,
      wallSeconds: 1.5,
      violationSeconds: 0,
      secondsToMitigate: 0,
      stageWrites: 2,
      planWrites: 0,
      rejectedWrites: 0,
      decisions: { brake: 1, restore: 1 },
      restored: true,
      secondsToRestore: 30,
    });
    expect(report.goodputRatio).toBeGreaterThan(0.98);
  });

  it('gives the same figures for the same seed', async () => {
    const [first, second, other] = await Promise.all([rehearse(), rehearse(), rehearse({ seed: 8 })]);
    expect(second.report).toEqual(first.report);
    expect(second.seconds).toEqual(first.seconds);
    expect(other.seconds).not.toEqual(first.seconds);
  });

  it('creates the keys through the API, within its quotas, and has the directory read', async () => {
    const { cloud } = await rehearse();
    expect(cloud.createdKeys).toHaveLength(10);
    expect(cloud.createdKeys[0]).toMatchObject({ name: 'id-few-1', planId: 'plan-premium' });
    for (const { atMs } of cloud.createdKeys) {
      expect(cloud.createdKeys.filter((other) => Math.abs(other.atMs - atMs) < 1000).length).toBeLessThanOrEqual(5);
    }
    expect(cloud.invoked).toEqual(['tidegate-dev-keyDirectory']);
  });

  it('takes its keys away again: what stays is the service alone', async () => {
    const { cloud } = await rehearse();
    expect(cloud.deletedKeys).toEqual(cloud.createdKeys.map(({ name }) => name));
  });

  it('makes the policy out to the deployed API, scaled with the rest', async () => {
    const policy = { mode: 'shadow', capacity: { ceilingCups: 3000 } };
    const { cloud } = await rehearse({ policy, scale: 0.5 });
    expect(JSON.parse(cloud.parameter)).toEqual({
      api: 'api1/dev',
      mode: 'shadow',
      capacity: { ceilingCups: 1500 },
      guardrails: { leastRateRps: 0.5 },
    });
  });

  it('shows limits and decisions as they come', async () => {
    const { seconds } = await rehearse();
    const stageRate = (second: number) => seconds[second]?.limits.stage['*/*']?.rateRps;
    expect([stageRate(50), stageRate(70), stageRate(130)]).toEqual([2000, 500, 2000]);
    const decisions = seconds.flatMap((second) => second.decisions);
    expect(decisions.map(({ kind }) => kind)).toEqual(['brake', 'restore']);
    expect(seconds).toHaveLength(150);
  });

  it('deploys first, and waits for whoever watches', async () => {
    const order: string[] = [];
    await rehearse({
      deploy: async () => {
        order.push('deploy');
      },
      onSecond: async ({ snapshot }) => {
        await Promise.resolve();
        if (snapshot.second < 2) order.push(`second ${snapshot.second}`);
      },
    });
    expect(order).toEqual(['deploy', 'second 0', 'second 1']);
  });

  it('refuses a fault of an unknown service before the service is deployed', async () => {
    let isDeployed = false;
    const deploy = async () => {
      isDeployed = true;
    };
    const faults = [parseFault('dynamo.*:down@5m')];
    await expect(rehearse({ deploy, faults })).rejects.toThrow('there is no service "dynamo". Known: apigateway');
    expect(isDeployed).toBe(false);
  });

  it('refuses a policy that would not be in force', async () => {
    await expect(rehearse({ policy: { mode: 'brutal' } })).rejects.toThrow(/mode/);
  });

  it('refuses a scenario with a tier that is not deployed', async () => {
    const groups = SCENARIO.groups.map((group) => ({ ...group, tier: 'gold' }));
    await expect(rehearse({ scenario: { ...SCENARIO, groups } })).rejects.toThrow('tier gold is not deployed');
  });
});
