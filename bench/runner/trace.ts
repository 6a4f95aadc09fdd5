import type { SecondSnapshot } from '../../rehearsal/world/world-snapshot.ts';
import type { Conclusion } from '../../shared/law/types.ts';
import type { Limits } from '../../shared/limits/limits.ts';

const EVERY_SECONDS = 10;

export function traceConclusion({ kind, rule, reason, guard }: Conclusion, second: number): void {
  console.log(`${second.toFixed(1).padStart(7)} ${kind} ${rule}: ${reason} ${guard ?? ''}`);
}

/** Every tenth second: per tier offered/admitted/served, latency, queue, and the limits enforced. */
export function traceSecond(snapshot: SecondSnapshot, enforced: Limits): void {
  const { second, tiers, latencyP90Ms, backlogSeconds, capacityCups } = snapshot;
  if (second % EVERY_SECONDS !== EVERY_SECONDS - 1) return;
  const flows = Object.entries(tiers).map(
    ([tier, { offered, admitted, served }]) => `${tier} ${figure(offered)}/${figure(admitted)}/${figure(served)}`,
  );
  const [stage, plans] = [enforced.stage, enforced.tiers].map((group) =>
    Object.entries(group).map(([key, { rateRps, burst }]) => `${key} ${figure(rateRps)}:${burst}`),
  );
  const line = [
    String(second).padStart(6),
    ...flows,
    `latency ${latencyP90Ms} ms`,
    `queue ${backlogSeconds.toFixed(2)} s`,
    `capacity ${figure(capacityCups)} |`,
    ...(stage ?? []),
    '|',
    ...(plans ?? []),
  ];
  console.log(line.join('  '));
}

const figure = (value: number) => String(Math.round(value * 10) / 10);
