import type { Limit } from '../../../shared/limits/limit.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import { STAGE_DEFAULT } from '../../../shared/limits/method-key.ts';
import { apiStageName } from '../../../shared/platform/api-stage.ts';
import { saveDrift } from '../../../shared/state/control-record.ts';
import { type Decision, recordDecision } from '../../../shared/state/decisions.ts';
import type { Lease } from '../../../shared/state/lease.ts';
import { apiDimensions } from '../../../shared/telemetry/emf.ts';
import type { Trigger } from '../control-trigger.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { announceDecision } from '../operator/notices.ts';
import { partsOf } from '../steering/drift/drift-names.ts';
import { explainDrift } from '../steering/drift/drift-text.ts';
import { type DriftNote, examine } from '../steering/drift/judge-drift.ts';
import type { Governed } from '../steering/governed-api.ts';
import { baselineOf } from '../steering/law-input.ts';
import type { Observation } from '../steering/observation.ts';
import { holdsStage } from '../steering/override-limits.ts';
import { activeOverride } from '../steering/rule-override.ts';

/**
 * Looks whether somebody else has changed a limit. Every change is recorded and announced before anything is done about
 * it: a manual edit is never fought silently.
 */
export async function withDrift(
  dependencies: ControlDependencies,
  governed: Governed,
  lease: Lease,
  trigger: Trigger,
  observation: Observation,
): Promise<Observation> {
  const { record, notes } = examine({
    ...observation,
    baseline: baselineOf(dependencies.baseline),
    planIds: Object.fromEntries(
      Object.entries(dependencies.baseline.tiers).map(([tier, { planId }]) => [tier, planId]),
    ),
    policy: governed.policy,
    isRuled: (name) => isRuled(governed, name, observation),
    resumedMs: governed.override?.override.action === 'resume' ? governed.override.sinceMs : 0,
  });
  for (const note of notes) await recordDrift(dependencies, governed, trigger, observation, note);
  if (JSON.stringify(record) !== JSON.stringify(observation.record.drift)) {
    await saveDrift(dependencies.table, lease, record);
  }
  const open = Object.keys(record.open).length;
  dependencies.publish(apiDimensions(governed.api), [{ name: 'LimitsDrifted', unit: 'Count', values: [open] }]);
  return { ...observation, drift: record };
}

/** A kill and a pinned stage rule the stage, a pin the tiers that it names. */
function isRuled({ override: parameter }: Governed, name: string, { now }: Observation): boolean {
  const override = activeOverride(parameter, now);
  const [kind, key] = partsOf(name);
  if (override?.action === 'pin' && kind === 'tier') return override.tiers?.[key] !== undefined;
  return kind === 'stage' && override?.action !== 'pause' && holdsStage(override);
}

async function recordDrift(
  dependencies: ControlDependencies,
  { api, policy, name, version }: Governed,
  trigger: Trigger,
  { now }: Observation,
  note: DriftNote,
): Promise<void> {
  const { drift } = note;
  const decision: Decision = {
    kind: 'hold',
    verdict: 'trustworthy',
    ...explainDrift(note),
    estimates: {},
    api: apiStageName(api),
    atMs: now,
    trigger,
    mode: policy.mode,
    policy: { name, version },
    before: limitsOf(note.name, drift.before),
    after: limitsOf(note.name, drift.after),
    stageOutcome: 'unchanged',
    evidence: { windows: 0, newestMs: undefined },
  };
  const isNew = await recordDecision(dependencies.table, api, `#drift ${note.name}`, decision);
  dependencies.logger.warn('A limit drifted.', { rule: decision.rule, reason: decision.reason });
  if (isNew) await announceDecision(dependencies, decision);
}

function limitsOf(name: string, limit: Limit): Limits {
  const [kind, key] = partsOf(name);
  return kind === 'tier'
    ? { stage: {}, tiers: { [key]: limit } }
    : { stage: { [key || STAGE_DEFAULT]: limit }, tiers: {} };
}
