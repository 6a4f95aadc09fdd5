import type { EpochMs } from '../../platform/units.ts';
import type { Policy } from '../../policy/schema/policy-schema.ts';
import type { Change } from '../state.ts';
import type { Evidence } from './step.ts';

const HOUR_MS = 3_600_000;

/** The changes of the last hour, with one more when a total moved. */
export function recordChange(
  changes: readonly Change[],
  beforeCups: number | null,
  afterCups: number | null,
  now: EpochMs,
): readonly Change[] {
  const recent = changes.filter((change) => now - change.atMs < HOUR_MS);
  const before = beforeCups ?? Number.POSITIVE_INFINITY;
  const after = afterCups ?? Number.POSITIVE_INFINITY;
  if (before === after) return recent;
  return [...recent, { atMs: now, direction: after > before ? 'up' : 'down' }];
}

/** Which hourly budget is spent, if one is. */
export function frozenBy(changes: readonly Change[], now: EpochMs, policy: Policy): Evidence['frozenBy'] {
  const recent = changes.filter((change) => now - change.atMs < HOUR_MS);
  if (recent.length >= policy.guardrails.stageChangesPerHour) return 'change-budget';
  const reversals = recent.filter((change, index) => index > 0 && recent[index - 1]?.direction !== change.direction);
  return reversals.length >= policy.guardrails.reversalsPerHour ? 'reversals' : undefined;
}
