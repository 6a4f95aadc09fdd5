import { apiStageName } from '../../../shared/platform/api-stage.ts';
import { parsePolicy } from '../../../shared/policy/parse.ts';
import { type KnownGood, saveKnownGood } from '../../../shared/state/known-documents.ts';
import { readWayBack } from '../../../shared/state/way-back.ts';
import { readWindowParts } from '../../../shared/state/window-store.ts';
import type { Governed } from '../../../shared/steering/governed.ts';
import { activeOverride } from '../../../shared/steering/governed.ts';
import { type Bake, judgeBake, WINDOW_DELAY_MS } from '../../../shared/steering/judge-probation.ts';
import { closedWindows } from '../../../shared/telemetry/watermark.ts';
import type { ControlDependencies } from '../dependencies.ts';

/**
 * Judges a version on probation: rolls it back, or ends the probation. An override ends the probation, because an operator has
 * taken over.
 * @returns whether the version was rolled back, so that the policies must be read again
 */
export async function endBake(
  dependencies: ControlDependencies,
  governed: Governed,
  isPaused: boolean,
): Promise<boolean> {
  const { known } = governed;
  if (!known?.baking) return false;
  const { baking, rolledBack, ...good } = known;
  const bake = await judged(dependencies, governed, known, isPaused);
  if (bake.kind === 'watching') return false;
  if (bake.kind === 'over') {
    await saveKnownGood(dependencies.table, 'POLICY', good, known.version);
    return false;
  }
  const before = { name: known.name, ...baking.before, rolledBack: { version: known.version, why: bake.why } };
  return await saveKnownGood(dependencies.table, 'POLICY', before, known.version);
}

async function judged(
  { table, clock, baseline }: ControlDependencies,
  { api, policy, override }: Governed,
  { baking }: KnownGood,
  isPaused: boolean,
): Promise<Bake> {
  const now = clock.now();
  const isBraked =
    isPaused || activeOverride(override, now) !== undefined || (await readWayBack(table, api)) !== undefined;
  const before = parsePolicy(String(baking?.before?.document), Object.keys(baseline.tiers));
  // There is no version to return to: the last deploy made the version before invalid.
  if (isBraked || !baking || !before.ok || before.policy.api !== apiStageName(api)) return { kind: 'over' };
  const { arrivedMs } = baking;
  const fromMs = arrivedMs - policy.rollback.heldSeconds * 1000;
  const parts = await readWindowParts(table, api, fromMs - WINDOW_DELAY_MS, now);
  const windows = closedWindows(parts, fromMs - 1, now);
  return judgeBake({ windows, arrivedMs, before: before.policy, after: policy, now });
}
