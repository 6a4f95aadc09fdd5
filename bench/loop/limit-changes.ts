import type { Limits } from '../../shared/limits/limits.ts';
import { limitOf } from '../../shared/limits/limits.ts';
import { PLAN_WRITE_QUOTA_MS } from '../../shared/platform/aws-assumptions.ts';
import type { EpochMs, Rps } from '../../shared/platform/units.ts';

/** One accepted write: an `UpdateStage` or an `UpdateUsagePlan`. */
export interface LimitWrite {
  readonly atMs: EpochMs;
  readonly kind: 'stage' | 'plan';
  /** The changed rates by the limit's name. */
  readonly rates: Readonly<Record<string, { readonly before: Rps; readonly after: Rps }>>;
}

export interface Effort {
  /** Accepted writes. */
  readonly stageWrites: number;
  readonly planWrites: number;
  /** Plan writes that came within 20 s of another: AWS would have refused them. */
  readonly rejectedWrites: number;
  /** Changes of direction of any one limit's rate. */
  readonly reversals: number;
}

export function stageWrite(atMs: EpochMs, before: Limits['stage'], after: Limits['stage']): LimitWrite {
  const governing = (limits: Limits['stage'], key: string) => limitOf(limits, key)?.rateRps ?? 0;
  const rates = Object.keys(after).map((key) => [
    key,
    { before: governing(before, key), after: governing(after, key) },
  ]);
  return { atMs, kind: 'stage', rates: Object.fromEntries(rates) };
}

export function planWrite(atMs: EpochMs, tier: string, before: Rps, after: Rps): LimitWrite {
  return { atMs, kind: 'plan', rates: { [tier]: { before, after } } };
}

/** Summarises a run's writes from `fromMs` on. */
export function effortOf(writes: readonly LimitWrite[], fromMs: EpochMs): Effort {
  const counted = writes.filter(({ atMs }) => atMs >= fromMs);
  const directions = new Map<string, number>();
  let reversals = 0;
  for (const { kind, rates } of counted) {
    for (const [key, { before, after }] of Object.entries(rates)) {
      const direction = Math.sign(after - before);
      if (direction === 0) continue;
      const name = `${kind} ${key}`;
      if (directions.get(name) === -direction) reversals++;
      directions.set(name, direction);
    }
  }
  const planWrites = counted.filter(({ kind }) => kind === 'plan');
  const early = planWrites.filter(
    ({ atMs }, index) => atMs - (planWrites[index - 1]?.atMs ?? Number.NEGATIVE_INFINITY) < PLAN_WRITE_QUOTA_MS,
  );
  return {
    stageWrites: counted.length - planWrites.length,
    planWrites: planWrites.length,
    rejectedWrites: early.length,
    reversals,
  };
}
