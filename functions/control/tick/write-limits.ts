import { saveAppliedStage } from '../../../shared/state/control-record.ts';
import type { StageOutcome } from '../../../shared/state/decisions.ts';
import { clearDesired, saveDesired } from '../../../shared/state/desired.ts';
import { apiDimensions } from '../../../shared/telemetry/emf.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { Superseded } from '../superseded.ts';
import type { Decided } from './decided.ts';
import type { Look } from './look.ts';
import { decisionIdOf } from './record-decided.ts';
import { saveWayBackFrom } from './remember.ts';
import { standBack } from './stand-back.ts';

/**
 * Carries a decision out: the limits that are wanted, and why, are written down first, under the fence; then the stage is
 * patched; the plans follow by wake-ups. Where nothing is enforced, no limit is wanted.
 * @throws Superseded when a later holder of the lease has written, before any limit was changed
 */
export async function writeLimits(
  dependencies: ControlDependencies,
  look: Look,
  { observation, steering }: Decided,
): Promise<StageOutcome> {
  const { isFinal, desired, decision, wayBack } = steering;
  if (!isFinal) return 'unchanged';
  const { table } = dependencies;
  const { lease } = look.memory;
  await saveWayBackFrom(dependencies, look, { before: observation.record.wayBack, after: wayBack });
  if (desired) {
    const underWay = { id: decisionIdOf(lease), decision };
    if (!(await saveDesired(table, lease, { ...desired, decision: underWay }))) throw new Superseded();
    return await patchStage(dependencies, look, { observation, steering });
  }
  if (observation.desired && !(await clearDesired(table, lease))) throw new Superseded();
  return 'not-enforced';
}

async function patchStage(
  dependencies: ControlDependencies,
  { governed: { api }, memory: { lease } }: Look,
  { observation, steering }: Decided,
): Promise<StageOutcome> {
  const { gateway, table, clock, publish, logger } = dependencies;
  if (!steering.stage) return 'unchanged';
  const { account, reading } = observation;
  const result = await gateway.writeStage(api, steering.stage, { ...reading, account });
  if (result.kind === 'written') {
    await saveAppliedStage(table, lease, result.value, clock.now());
    return 'written';
  }
  if (result.kind === 'deferred') await standBack(dependencies, api, result.retryAfterMs);
  const name = { mismatch: 'WriteMismatches', deferred: 'WritesDeferred', refused: 'WritesRefused' }[result.kind];
  publish(apiDimensions(api), [{ name, unit: 'Count', values: [1] }]);
  logger.warn('The stage was not written.', { ...result });
  return result.kind;
}
