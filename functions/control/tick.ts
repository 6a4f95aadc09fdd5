import type { Conclusion } from '../../shared/control/types.ts';
import { apiStageName } from '../../shared/platform/api-stage.ts';
import type { EpochMs, Limits } from '../../shared/platform/units.ts';
import { saveLaw } from '../../shared/state/control-record.ts';
import { type Decision, recordDecision, type StageOutcome } from '../../shared/state/decisions.ts';
import { clearDesired, readDesired } from '../../shared/state/desired.ts';
import { readHold } from '../../shared/state/hold.ts';
import { saveObjective } from '../../shared/state/key-directory.ts';
import type { Lease } from '../../shared/state/lease.ts';
import type { ApiMetrics } from '../../shared/telemetry/cloudwatch.ts';
import { apiDimensions } from '../../shared/telemetry/emf.ts';
import { act } from './act.ts';
import { afterSilence } from './after-silence.ts';
import { decide } from './decide.ts';
import type { ControlDependencies } from './dependencies.ts';
import { noteHold, underRuling } from './hold.ts';
import { announceDecision } from './notices.ts';
import { baselineOf, observe } from './observe.ts';
import { isOverdue } from './override.ts';
import type { Governed } from './policies.ts';
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
  const stored = await readHold(dependencies.table, governed.api);
  const { observation, hold } = afterSilence(await observe(dependencies, governed, metrics), stored);
  const brake = { parameter: governed.override, hold };
  const { output, wanted, isFinal } = decide(dependencies, governed, baseline, observation, trigger, brake);
  const acting = underRuling(governed, output);
  if (isFinal) await noteHold(dependencies, lease, stored, output.noted);
  const stageOutcome = isFinal ? await act(dependencies, acting, baseline, lease, observation, wanted) : 'unchanged';
  const { windows, seenLogsMs, seenMetricsMs } = observation.evidence;
  // A decision that did not come into force is none: the next tick takes it anew, from the same windows.
  if (isFinal && isInForce(stageOutcome)) {
    const toldSlowMs = governed.policy.objective.latencyMs;
    if (observation.record.law?.toldSlowMs !== toldSlowMs)
      await saveObjective(dependencies.table, governed.api, toldSlowMs);
    await saveLaw(dependencies.table, lease, { state: output.state, seenLogsMs, seenMetricsMs, toldSlowMs });
    await noteHold(dependencies, lease, output.noted, output.hold);
  }
  const newest = windows.map((window) => window.startMs).sort((a, b) => b - a)[0];
  await record(dependencies, governed, lease, trigger, output.conclusion, {
    mode: output.writes === 'never' ? 'paused' : acting.policy.mode,
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

export async function record(
  dependencies: ControlDependencies,
  governed: Governed,
  lease: Lease,
  trigger: Trigger,
  conclusion: Conclusion,
  particulars: Particulars,
): Promise<void> {
  const { table, clock, publish, logger } = dependencies;
  const { api, name, version, refused } = governed;
  const decision: Decision = {
    ...conclusion,
    ...particulars,
    api: apiStageName(api),
    atMs: clock.now(),
    trigger,
    policy: { name, version, ...(refused && { refused }) },
    ...overrideNote(governed, clock.now()),
  };
  await recordDecision(table, api, String(lease.fence), decision);
  publish(apiDimensions(api), [{ name: 'DecisionCount', unit: 'Count', values: [1] }]);
  const { kind, rule, reason } = conclusion;
  logger.info('Decided.', { api: decision.api, kind, rule, reason, stageOutcome: particulars.stageOutcome });
  if (particulars.mode === 'advise' && kind !== 'hold') {
    await announceDecision(dependencies, decision);
  }
}

function overrideNote({ override, policy }: Governed, now: EpochMs): Pick<Decision, 'override'> {
  if (!override) return {};
  const { override: document, version, sinceMs, by, refused } = override;
  const optional = { ...(by && { by }), ...(refused && { refused }) };
  const late = isOverdue(override, policy, now);
  return { override: { action: document.action, version, sinceMs, isOverdue: late, ...optional } };
}
