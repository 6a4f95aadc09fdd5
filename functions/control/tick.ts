import type { Conclusion } from '../../shared/control/types.ts';
import { apiStageName } from '../../shared/platform/api-stage.ts';
import { describeError } from '../../shared/platform/errors.ts';
import type { Limits } from '../../shared/platform/units.ts';
import { saveLaw } from '../../shared/state/control-record.ts';
import { type Decision, recordDecision, type StageOutcome } from '../../shared/state/decisions.ts';
import { clearDesired, readDesired } from '../../shared/state/desired.ts';
import { saveObjective } from '../../shared/state/key-directory.ts';
import type { Lease } from '../../shared/state/lease.ts';
import type { ApiMetrics } from '../../shared/telemetry/cloudwatch.ts';
import { apiDimensions } from '../../shared/telemetry/emf.ts';
import { act } from './act.ts';
import { decide } from './decide.ts';
import type { ControlDependencies } from './dependencies.ts';
import { baselineOf, observe } from './observe.ts';
import type { Governed, Refusal } from './policies.ts';
import type { Trigger } from './trigger.ts';

/** One run of the loop for one API, under its lease: observe, decide, act, remember, record. */
export async function tick(
  dependencies: ControlDependencies,
  governed: Governed,
  lease: Lease,
  trigger: Trigger,
  metrics: ApiMetrics | undefined,
): Promise<void> {
  const baseline = baselineOf(dependencies.baseline);
  const observation = await observe(dependencies, governed, metrics);
  const { output, wanted, isFinal } = decide(dependencies, governed, baseline, observation, trigger);
  const stageOutcome = isFinal ? await act(dependencies, governed, baseline, lease, observation, wanted) : 'unchanged';
  const { windows, seenLogsMs, seenMetricsMs } = observation.evidence;
  // A decision that did not come into force is none: the next tick takes it anew, from the same windows.
  if (isFinal && isInForce(stageOutcome)) {
    const toldSlowMs = governed.policy.objective.latencyMs;
    if (observation.record.law?.toldSlowMs !== toldSlowMs)
      await saveObjective(dependencies.table, governed.api, toldSlowMs);
    await saveLaw(dependencies.table, lease, { state: output.state, seenLogsMs, seenMetricsMs, toldSlowMs });
  }
  const newest = windows.map((window) => window.startMs).sort((a, b) => b - a)[0];
  await record(dependencies, governed, lease, trigger, output.conclusion, {
    mode: governed.policy.mode,
    before: observation.live,
    after: wanted,
    stageOutcome,
    evidence: { windows: windows.length, newestMs: newest, ...observation.evidence.trust },
  });
}

function isInForce(outcome: StageOutcome): boolean {
  return outcome === 'written' || outcome === 'unchanged' || outcome === 'not-enforced';
}

/** While the switch pauses everything: present values stay, nothing is left under way, and we still beat. */
export async function holdPaused(
  dependencies: ControlDependencies,
  governed: Governed,
  lease: Lease,
  trigger: Trigger,
): Promise<void> {
  if (await readDesired(dependencies.table, governed.api)) await clearDesired(dependencies.table, lease);
  await record(dependencies, governed, lease, trigger, PAUSED, {
    mode: 'paused',
    before: undefined,
    after: undefined,
    stageOutcome: 'unchanged',
    evidence: { windows: 0, newestMs: undefined },
  });
}

const PAUSED: Conclusion = {
  kind: 'hold',
  verdict: 'blind',
  rule: 'paused',
  reason: 'The switch does not say run: every limit stays as it is, and nothing was looked at.',
  wouldChange: 'Set the switch parameter to run.',
  estimates: {},
};

interface Particulars {
  readonly mode: Decision['mode'];
  readonly before: Limits | undefined;
  readonly after: Limits | undefined;
  readonly stageOutcome: StageOutcome;
  readonly evidence: Decision['evidence'];
}

async function record(
  dependencies: ControlDependencies,
  { api, name, version }: Governed,
  lease: Lease,
  trigger: Trigger,
  conclusion: Conclusion,
  particulars: Particulars,
): Promise<void> {
  const { table, clock, publish, logger } = dependencies;
  const decision: Decision = {
    ...conclusion,
    ...particulars,
    api: apiStageName(api),
    atMs: clock.now(),
    trigger,
    policy: { name, version },
  };
  await recordDecision(table, api, String(lease.fence), decision);
  publish(apiDimensions(api), [{ name: 'DecisionCount', unit: 'Count', values: [1] }]);
  const { kind, rule, reason } = conclusion;
  logger.info('Decided.', { api: decision.api, kind, rule, reason, stageOutcome: particulars.stageOutcome });
  if (particulars.mode === 'advise' && kind !== 'hold') {
    await announceDecision(dependencies, decision);
  }
}

/** The decision is recorded already: a bus that does not answer must not cost the tick. */
async function announceDecision({ announce, logger }: ControlDependencies, decision: Decision): Promise<void> {
  try {
    await announce({ source: 'tidegate.control', detailType: 'Tidegate Decision', detail: { ...decision } });
  } catch (error) {
    logger.error('A decision could not be announced.', { rule: decision.rule, reason: describeError(error) });
  }
}

/** A policy version that was refused, recorded as a decision to hold and announced, so that nobody waits for it. */
export async function recordRefusal(
  dependencies: ControlDependencies,
  { name, version, why }: Refusal,
  trigger: Trigger,
  governed: Governed | undefined,
): Promise<void> {
  const { table, clock, baseline, logger } = dependencies;
  const active = governed ? `Version ${governed.version} stays in force.` : 'No policy is in force in its place.';
  const decision: Decision = {
    kind: 'hold',
    verdict: 'blind',
    rule: 'policy-rejected',
    reason: `${name} version ${version}: ${why} ${active}`,
    wouldChange: 'A version of the parameter without these problems.',
    estimates: { refusedVersion: version },
    api: apiStageName(governed?.api ?? baseline),
    atMs: clock.now(),
    trigger,
    mode: governed?.policy.mode ?? 'shadow',
    policy: { name, version: governed?.version ?? 0 },
    before: undefined,
    after: undefined,
    stageOutcome: 'unchanged',
    evidence: { windows: 0, newestMs: undefined },
  };
  await recordDecision(table, governed?.api ?? baseline, `refused#${version}`, decision);
  logger.warn('A policy was refused.', { name, version, why });
  await announceDecision(dependencies, decision);
}
