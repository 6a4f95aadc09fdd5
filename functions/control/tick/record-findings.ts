import { isStageOutOfStep } from '../../../shared/limits/bounds.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import { describeName, type LimitName, namesIn, withValue } from '../../../shared/limits/limit-name.ts';
import { type Limits, NO_LIMITS } from '../../../shared/limits/limits.ts';
import { apiStageName } from '../../../shared/platform/api-stage.ts';
import { saveDrift } from '../../../shared/state/control-record.ts';
import { type Decision, recordDecision } from '../../../shared/state/decisions.ts';
import { explainDrift } from '../../../shared/steering/drift/drift-text.ts';
import type { DriftNote } from '../../../shared/steering/drift/examine-drift.ts';
import type { Observation } from '../../../shared/steering/observation.ts';
import { apiDimensions } from '../../../shared/telemetry/emf.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { announceDecision, noteUnusable } from '../operator/notices.ts';
import type { Decided } from './decided.ts';
import type { Look } from './look.ts';
import { recordOnce } from './record-decided.ts';

/**
 * Records what a tick has found, before anything is done about it: a decision that was carried out but not recorded, the
 * changes that others made (no manual change is ever undone silently), and what the law could not use.
 */
export async function recordFindings(
  dependencies: ControlDependencies,
  look: Look,
  { observation, steering }: Decided,
): Promise<void> {
  await recordInterrupted(dependencies, look, observation);
  const { drift, unusable } = steering;
  for (const note of drift.notes) await recordDrift(dependencies, look, { observation, note });
  if (drift.record && JSON.stringify(drift.record) !== JSON.stringify(observation.record.drift)) {
    await saveDrift(dependencies.table, look.memory.lease, drift.record);
  }
  const drifted = drift.record ? namesIn(drift.record.open).length : 0;
  const value = { name: 'LimitsDrifted', unit: 'Count', values: [drifted] } as const;
  dependencies.publish(apiDimensions(look.governed.api), [value]);
  if (unusable) await noteUnusable(dependencies, unusable, look);
}

/**
 * A tick that died on its way has left the limits that it wanted, and why, but perhaps no record of the decision; limits
 * may have moved all the same. The next tick records the decision in its place.
 */
async function recordInterrupted(
  dependencies: ControlDependencies,
  look: Look,
  { desired, record, live, account }: Observation,
): Promise<void> {
  if (!desired?.decision || desired.decision.id === record.law?.decisionId) return;
  const { id, decision } = desired.decision;
  const stageOutcome = isStageOutOfStep(desired.stage, live.stage, account) ? 'deferred' : 'written';
  await recordOnce(dependencies, look, { id, decision: { ...decision, stageOutcome } });
}

async function recordDrift(
  dependencies: ControlDependencies,
  { governed, trigger }: Look,
  { observation, note }: { readonly observation: Observation; readonly note: DriftNote },
): Promise<void> {
  const { api, policy, name, version } = governed;
  const decision: Decision = {
    kind: 'hold',
    verdict: 'trustworthy',
    ...explainDrift(note),
    estimates: {},
    api: apiStageName(api),
    atMs: observation.now,
    trigger,
    mode: policy.mode,
    policy: { name, version },
    before: limitsOf(note.name, note.drift.before),
    after: limitsOf(note.name, note.drift.after),
    stageOutcome: 'unchanged',
    evidence: { windows: 0, newestMs: undefined },
  };
  const isNew = await recordDecision(dependencies.table, api, `#drift ${describeName(note.name)}`, decision);
  dependencies.logger.warn('A limit drifted.', { rule: decision.rule, reason: decision.reason });
  if (isNew) await announceDecision(dependencies, decision);
}

const limitsOf = (name: LimitName, limit: Limit): Limits => withValue(NO_LIMITS, name, limit);
