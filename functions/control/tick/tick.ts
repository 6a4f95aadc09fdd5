import type { Conclusion } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { type ApiStage, apiStageName } from '../../../shared/platform/api-stage.ts';
import type { EpochMs } from '../../../shared/platform/units.ts';
import { saveLaw, savePause } from '../../../shared/state/control-record.ts';
import { type Decision, recordDecision, type StageOutcome } from '../../../shared/state/decisions.ts';
import { clearDesired, type DecisionUnderWay } from '../../../shared/state/desired.ts';
import { saveObjective } from '../../../shared/state/key-directory.ts';
import type { Lease } from '../../../shared/state/lease.ts';
import type { ApiMetrics } from '../../../shared/telemetry/cloudwatch.ts';
import { apiDimensions } from '../../../shared/telemetry/emf.ts';
import type { Trigger } from '../control-trigger.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { holdOf, letGo } from '../operator/leaving.ts';
import { announceDecision, noteUnusable } from '../operator/notices.ts';
import { afterSilence } from '../steering/after-silence.ts';
import { stageDiffers } from '../steering/compare-limits.ts';
import { decideAnyhow } from '../steering/decide-anyhow.ts';
import type { Governed } from '../steering/governed-api.ts';
import { baselineOf } from '../steering/law-input.ts';
import type { Observation } from '../steering/observation.ts';
import { isOverdue } from '../steering/rule-override.ts';
import { act } from './act.ts';
import { withDrift } from './drift-look.ts';
import { noteHold, underRuling } from './note-hold.ts';
import { observe } from './observe.ts';
import type { Memory } from './recall.ts';

/**
 * One run of the loop for one API, under its lease: observe, decide, act, remember, record.
 * @returns whether it came to its end: a decision that did not come into force is to be taken anew
 */
export async function tick(
  dependencies: ControlDependencies,
  governed: Governed,
  memory: Memory,
  trigger: Trigger,
  metrics: ApiMetrics | undefined,
): Promise<boolean> {
  const { lease, record: before } = memory;
  const baseline = baselineOf(dependencies.baseline);
  const observed = await observe(dependencies, governed, memory, metrics);
  await recordInterrupted(dependencies, governed.api, observed);
  const found = await withDrift(dependencies, governed, lease, trigger, observed);
  const { observation, hold } = afterSilence(found, before.hold);
  const brake = { parameter: governed.override, hold: holdOf(governed, hold) };
  const plan = decideAnyhow(dependencies, governed, baseline, observation, trigger, brake);
  if (plan.unusable) await noteUnusable(dependencies, plan.unusable, trigger, governed);
  const { output, isFinal } = plan;
  const acting = underRuling(governed, output);
  const mode = output.writes === 'never' ? 'paused' : acting.policy.mode;
  const decision = decisionOf(dependencies, governed, lease, trigger, output.conclusion, {
    mode,
    before: observation.live,
    after: plan.wanted,
    stageOutcome: 'unchanged',
    evidence: evidenceNote(observation),
  });
  if (isFinal) await noteHold(dependencies, lease, before.hold, output.noted);
  const wanted = { ...plan.wanted, planOrder: output.planOrder };
  const stageOutcome = isFinal
    ? await act(dependencies, acting, baseline, lease, observation, wanted, decision)
    : 'unchanged';
  await record(dependencies, governed.api, decision, stageOutcome);
  if (!isFinal) return true;
  if (!isInForce(stageOutcome)) return false;
  await remember(dependencies, governed, lease, observation, { state: output.state, decisionId: decision.id });
  await noteHold(dependencies, lease, output.noted, output.hold);
  await letGo(dependencies, governed, lease, trigger, { observation, hold: output.hold, stageOutcome });
  return true;
}

function evidenceNote({ evidence: { windows, trust } }: Observation): Decision['evidence'] {
  const newestMs = windows.map((window) => window.startMs).sort((a, b) => b - a)[0];
  return { windows: windows.length, newestMs, ...trust };
}

/** What the next tick goes by. */
async function remember(
  { table }: ControlDependencies,
  { api, policy }: Governed,
  lease: Lease,
  { now, record: before, evidence: { seenLogsMs, seenMetricsMs } }: Observation,
  law: { readonly state: unknown; readonly decisionId: string },
): Promise<void> {
  const toldSlowMs = policy.objective.latencyMs;
  // Said again every hour: telemetry goes by the default where it cannot read what it was told.
  const isTold = before.law?.toldSlowMs === toldSlowMs && hourOf(before.law.lookedMs) === hourOf(now);
  if (!isTold) await saveObjective(table, api, toldSlowMs);
  await saveLaw(table, lease, { ...law, seenLogsMs, seenMetricsMs, toldSlowMs, lookedMs: now });
}

const hourOf = (atMs: EpochMs): number => Math.floor(atMs / 3_600_000);

function isInForce(outcome: StageOutcome): boolean {
  return outcome === 'written' || outcome === 'unchanged' || outcome === 'not-enforced';
}

/** While the switch pauses everything: present values stay, nothing is left under way, and we still beat. */
export async function holdPaused(
  dependencies: ControlDependencies,
  governed: Governed,
  { lease, desired }: Memory,
  trigger: Trigger,
): Promise<void> {
  await savePause(dependencies.table, governed.api, dependencies.clock.now());
  if (desired) await clearDesired(dependencies.table, lease);
  const decision = decisionOf(dependencies, governed, lease, trigger, PAUSED, {
    mode: 'paused',
    before: undefined,
    after: undefined,
    stageOutcome: 'unchanged',
    evidence: { windows: 0, newestMs: undefined },
  });
  await record(dependencies, governed.api, decision, 'unchanged');
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

export function decisionOf(
  { clock }: ControlDependencies,
  governed: Governed,
  lease: Lease,
  trigger: Trigger,
  conclusion: Conclusion,
  particulars: Particulars,
): DecisionUnderWay {
  const { api, name, version, refused } = governed;
  const now = clock.now();
  const decision: Decision = {
    ...conclusion,
    ...particulars,
    api: apiStageName(api),
    atMs: now,
    trigger,
    policy: { name, version, ...(refused && { refused }) },
    ...overrideNote(governed, now),
  };
  const id = lease.look === undefined ? String(lease.fence) : `${lease.fence}.${lease.look}`;
  return { id, decision };
}

/** Records what was decided and what came of it; once, however often it is tried. */
export async function record(
  dependencies: ControlDependencies,
  api: ApiStage,
  { id, decision: underWay }: DecisionUnderWay,
  stageOutcome: StageOutcome,
): Promise<void> {
  const { table, publish, logger } = dependencies;
  const decision = { ...underWay, stageOutcome };
  if (!(await recordDecision(table, api, id, decision))) return;
  publish(apiDimensions(api), [{ name: 'DecisionCount', unit: 'Count', values: [1] }]);
  const { kind, rule, reason, mode } = decision;
  logger.info('Decided.', { api: decision.api, kind, rule, reason, stageOutcome });
  if (mode === 'advise' && kind !== 'hold') await announceDecision(dependencies, decision);
}

/**
 * A tick that died on its way has left what it desired, and why, but perhaps no record of it; limits may have moved all
 * the same. The next tick records it in its place.
 */
async function recordInterrupted(
  dependencies: ControlDependencies,
  api: ApiStage,
  { desired, record: before, live, account }: Observation,
): Promise<void> {
  if (!desired?.decision || desired.decision.id === before.law?.decisionId) return;
  const isDone = !stageDiffers(desired.stage, live.stage, account);
  await record(dependencies, api, desired.decision, isDone ? 'written' : 'deferred');
}

function overrideNote({ override, policy }: Governed, now: EpochMs): Pick<Decision, 'override'> {
  if (!override) return {};
  const { override: document, version, sinceMs, by, refused } = override;
  const optional = { ...(by && { by }), ...(refused && { refused }) };
  const late = isOverdue(override, policy, now);
  return { override: { action: document.action, version, sinceMs, isOverdue: late, ...optional } };
}
