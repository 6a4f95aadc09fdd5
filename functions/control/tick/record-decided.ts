import { type Decision, recordDecision } from '../../../shared/state/decisions.ts';
import type { Lease } from '../../../shared/state/lease.ts';
import { apiDimensions } from '../../../shared/telemetry/emf.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { announceDecision } from '../operator/notices.ts';
import type { Look } from './look.ts';

/** Records the decision of a look. */
export async function recordDecided(dependencies: ControlDependencies, look: Look, decision: Decision): Promise<void> {
  await recordOnce(dependencies, look, { id: decisionIdOf(look.memory.lease), decision });
}

/** Records a decision and announces it; once, however often it is tried. */
export async function recordOnce(
  dependencies: ControlDependencies,
  { governed }: Look,
  { id, decision }: { readonly id: string; readonly decision: Decision },
): Promise<void> {
  const { table, publish, logger } = dependencies;
  if (!(await recordDecision(table, governed.api, id, decision))) return;
  publish(apiDimensions(governed.api), [{ name: 'DecisionCount', unit: 'Count', values: [1] }]);
  const { kind, rule, reason, mode, stageOutcome } = decision;
  logger.info('Decided.', { api: decision.api, kind, rule, reason, stageOutcome });
  if (mode === 'advise' && kind !== 'hold') await announceDecision(dependencies, decision);
}

/** A lease is held for one decision, or for one decision a look. */
export function decisionIdOf({ fence, look }: Lease): string {
  return look === undefined ? String(fence) : `${fence}.${look}`;
}
