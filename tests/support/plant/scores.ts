import type { Run } from './plant.ts';

/** Served over offered, of the keys that match, within [from, to). */
export function servedShare(run: Run, key: (name: string) => boolean, from: number, to: number): number {
  let offered = 0;
  let served = 0;
  for (const record of run.seconds.slice(from, to)) {
    for (const [name, count] of Object.entries(record.offered)) {
      if (!key(name)) continue;
      offered += count;
      served += record.served[name] ?? 0;
    }
  }
  return offered > 0 ? served / offered : 1;
}

/** Seconds within [from, to) in which answers took longer than 500 ms. */
export function slowSeconds(run: Run, from: number, to: number): number {
  return run.seconds.slice(from, to).filter((record) => record.latencyMs > 500).length;
}

/** Mean admitted cost units per second within [from, to). */
export function admittedCups(run: Run, from: number, to: number): number {
  const part = run.seconds.slice(from, to);
  return part.reduce((sum, record) => sum + record.admittedCups, 0) / part.length;
}

export function honest(tier: string): (name: string) => boolean {
  return (name) => name.startsWith(`${tier}-`) && !name.endsWith('runaway');
}
