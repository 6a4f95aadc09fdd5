import { deployedInProcess } from '../../rehearsal/deploy/in-process-deploy.ts';
import type { RehearsalReport } from '../../rehearsal/run/rehearsal-report.ts';
import { EPOCH_MS } from '../../rehearsal/run/run-rehearsal.ts';
import { shortSurge } from '../../rehearsal/world/scenarios/seed-surge.ts';
import type { Decision } from '../../shared/state/decisions.ts';
import { CallWatch, type Denial } from '../support/e2e/call-watch.ts';
import { decisionsSince } from '../support/e2e/decisions.ts';
import { rehearse, SCALE } from '../support/e2e/rehearsal.ts';

const SURGE = shortSurge(60, 240);
const POLICY = { mode: 'enforce', methodCost: { '/orders/POST': 4 } };

interface Run {
  readonly report: RehearsalReport;
  readonly denials: readonly Denial[];
  readonly failures: readonly unknown[];
  readonly decisions: readonly Decision[];
}

/** Deploys onto a cloud of its own and plays the surge there. */
async function run(policy: Readonly<Record<string, unknown>>, deployedAgoMs = 3_600_000): Promise<Run> {
  const target = await deployedInProcess({ limitScale: SCALE, startMs: EPOCH_MS - deployedAgoMs });
  try {
    const { denials } = new CallWatch(target.cloud.aws);
    const report = await rehearse(target, { scenario: SURGE, policy });
    return { report, denials, failures: target.failures, decisions: await decisionsSince(target, 0) };
  } finally {
    await target.cloud.close();
  }
}

let enforced: Run;
let again: Run;
let shadow: Run;
beforeAll(async () => {
  enforced = await run(POLICY);
  [again, shadow] = await Promise.all([run(POLICY, 7_654_321), run({ ...POLICY, mode: 'shadow' })]);
}, 120_000);

test('the deployed functions tame the surge: far more is served in time than without them', () => {
  const { report } = enforced;
  expect(report.stageWrites).toBeGreaterThan(0);
  expect(report.planWrites).toBeGreaterThan(0);
  expect(report.goodputRatio).toBeGreaterThan(shadow.report.goodputRatio + 0.1);
  expect(report.violationSeconds).toBeLessThan(shadow.report.violationSeconds / 2);
  expect(report.secondsToMitigate).not.toBeNull();
  expect(report.decisions.brake).toBeGreaterThan(0);
});

test('a shadow decides, and writes nothing', () => {
  expect(shadow.report).toMatchObject({ stageWrites: 0, planWrites: 0, restored: true });
  expect(Object.keys(shadow.report.decisions).length).toBeGreaterThan(1);
});

test('the same seed gives the same report, whenever it was deployed', () => {
  expect(again.report).toEqual({ ...enforced.report, wallSeconds: expect.any(Number) });
});

test('through the whole surge the log was trusted, and no limit was taken for somebody else’s', () => {
  for (const { decisions } of [enforced, again, shadow]) {
    expect(decisions.flatMap(({ evidence }) => evidence.doubts ?? [])).toEqual([]);
    expect(decisions.filter(({ rule, verdict }) => rule.startsWith('drift-') || verdict === 'blind')).toEqual([]);
  }
});

test('no write was rejected, no call denied, nothing went wrong unseen', () => {
  for (const { report, denials, failures } of [enforced, again, shadow]) {
    expect(report.rejectedWrites).toBe(0);
    expect(denials).toEqual([]);
    expect(failures).toEqual([]);
  }
});
