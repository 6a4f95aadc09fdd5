import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const TUNING_FILE = fileURLToPath(new URL('../../results/tuning.json', import.meta.url));

/** How every candidate, `<law>:<setting>:<allocation>`, did on some of the seeds for tuning. */
export interface Tuning {
  readonly seeds: readonly number[];
  /** Mean stress ratios by candidate. */
  readonly means: Readonly<Record<string, number>>;
}

/** What `npm run bench:tune` found; nothing before it ever ran. */
export function readTuning(): Tuning {
  if (!existsSync(TUNING_FILE)) return { seeds: [], means: {} };
  return JSON.parse(readFileSync(TUNING_FILE, 'utf8')) as Tuning;
}

/** The candidate of a law that did best; the first where nothing is known. */
export function bestOf<Candidate extends { readonly name: string }>(
  candidates: readonly Candidate[],
  { means }: Tuning,
): Candidate | undefined {
  return candidates.toSorted((a, b) => (means[b.name] ?? 0) - (means[a.name] ?? 0))[0];
}
