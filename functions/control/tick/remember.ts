import type { EpochMs } from '../../../shared/platform/units.ts';
import { saveLaw } from '../../../shared/state/control-record.ts';
import { saveObjective } from '../../../shared/state/key-directory.ts';
import { saveWayBack, type WayBack } from '../../../shared/state/way-back.ts';
import type { ControlDependencies } from '../dependencies.ts';
import { Superseded } from '../superseded.ts';
import type { Decided } from './decided.ts';
import type { Look } from './look.ts';
import { decisionIdOf } from './record-decided.ts';

/**
 * Remembers what the next tick starts from.
 * @throws Superseded when a later holder of the lease has written
 */
export async function remember(
  dependencies: ControlDependencies,
  look: Look,
  { observation, steering }: Decided,
): Promise<void> {
  const { table } = dependencies;
  const { governed, memory } = look;
  const { now, record: before, evidence } = observation;
  const toldSlowMs = governed.policy.objective.latencyMs;
  // Repeated every hour: telemetry uses the default objective where it cannot read the one it was given.
  const isTold = before.law?.toldSlowMs === toldSlowMs && hourOf(before.law.lookedMs) === hourOf(now);
  if (!isTold) await saveObjective(table, governed.api, toldSlowMs);
  await saveLaw(table, memory.lease, {
    state: steering.lawState,
    decisionId: decisionIdOf(memory.lease),
    seenLogsMs: evidence.seenLogsMs,
    seenMetricsMs: evidence.seenMetricsMs,
    toldSlowMs,
    lookedMs: now,
  });
  await saveWayBackFrom(dependencies, look, { before: steering.wayBack, after: steering.nextWayBack });
}

const hourOf = (atMs: EpochMs): number => Math.floor(atMs / 3_600_000);

/** @throws Superseded when a later holder of the lease has written */
export async function saveWayBackFrom(
  { table }: ControlDependencies,
  { memory }: Look,
  { before, after }: { readonly before: WayBack | undefined; readonly after: WayBack | undefined },
): Promise<void> {
  if (JSON.stringify(before) === JSON.stringify(after)) return;
  if (!(await saveWayBack(table, memory.lease, after))) throw new Superseded();
}
