import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const TUNING_FILE = fileURLToPath(new URL('../../results/tuning.json', import.meta.url));

/** By candidate, `<law>:<setting>:<allocation>`: the mean stress ratio on the tuning seeds. */
export type Tuning = Readonly<Record<string, number>>;

/** What `npm run bench:tune` found; empty before it ever ran. */
export function readTuning(): Tuning {
  return existsSync(TUNING_FILE) ? (JSON.parse(readFileSync(TUNING_FILE, 'utf8')) as Tuning) : {};
}

/** The candidate of a law that did best; the first where nothing is known. */
export function bestOf<Candidate extends { readonly name: string }>(
  candidates: readonly Candidate[],
  tuning: Tuning,
): Candidate | undefined {
  return candidates.toSorted((a, b) => (tuning[b.name] ?? 0) - (tuning[a.name] ?? 0))[0];
}
