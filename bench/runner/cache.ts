import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hasNumbers } from '../laws/next.ts';
import type { Job, RunResult } from './job.ts';
import { benchPolicy } from './policy.ts';
import { reachedFrom, readSource } from './source-graph.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const FOLDER = join(ROOT, 'node_modules/.cache/tidegate-bench');
/** What plays a run. The list of laws reaches every law: a law's own sources are added by `SOURCES_OF_LAWS`. */
const WORLD = { entries: ['bench/runner/play.ts'], without: ['bench/laws/index.ts'] };
const RIVALS = 'bench/laws/rivals/index.ts';
const SOURCES_OF_LAWS = {
  bound: ['bench/laws/bounds/perfect.ts', 'bench/laws/bounds/gate.ts'],
  candidate: ['bench/laws/fixed.ts', RIVALS],
  tuned: ['bench/laws/fixed.ts', RIVALS],
  next: ['bench/laws/next.ts'],
} as const;
/** Chooses each rival's setting; read as data, so no import leads to the file. */
const TUNING_FILE = 'bench/results/tuning.json';

/**
 * Cached results of bounds and rivals, so that tuning our law does not run them again; and of our law with other numbers, so
 * that an ablation that was interrupted goes on.
 */
export class ResultCache {
  private readonly bounds = hashOf(SOURCES_OF_LAWS.bound);
  private readonly candidates = hashOf(SOURCES_OF_LAWS.candidate);
  private readonly tuned = hashOf([...SOURCES_OF_LAWS.tuned, TUNING_FILE]);
  private readonly next = hashOf(SOURCES_OF_LAWS.next);

  get(job: Job): RunResult | undefined {
    if (!isKept(job)) return undefined;
    try {
      return JSON.parse(readFileSync(this.fileOf(job), 'utf8'));
    } catch {
      return undefined;
    }
  }

  put(job: Job, result: RunResult): void {
    if (!isKept(job)) return;
    mkdirSync(FOLDER, { recursive: true });
    writeFileSync(this.fileOf(job), JSON.stringify(result));
  }

  private fileOf({ law, scenario, seed, size, numbers }: Job): string {
    const others = numbers === undefined ? '' : `-${shortHash(JSON.stringify(numbers))}`;
    return join(FOLDER, `${law.replaceAll(':', '.')}-${scenario}-${seed}-${size}-${this.sourcesOf(law)}${others}.json`);
  }

  private sourcesOf(law: string): string {
    if (hasNumbers(law)) return this.next;
    if (law.startsWith('perfect') || law === 'gate') return this.bounds;
    return law.includes(':') ? this.candidates : this.tuned;
  }
}

const isOurs = (law: string) => law.startsWith('tidegate') || hasNumbers(law);
const isKept = ({ law, trace, keepSeconds, numbers }: Job) =>
  (!isOurs(law) || numbers !== undefined) && !trace && !keepSeconds;
const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** A hash of everything that may change a run: the sources that its imports reach, and the policy. */
function hashOf(lawSources: readonly string[]): string {
  const hash = createHash('sha256');
  const world = reachedFrom(WORLD.entries, WORLD.without);
  for (const file of new Set([...world, ...reachedFrom(lawSources)])) hash.update(file).update(readSource(file));
  const { objective, tiers, methodCost, guardrails } = benchPolicy();
  hash.update(JSON.stringify({ objective, tiers, methodCost, guardrails }));
  return hash.digest('hex').slice(0, 16);
}
