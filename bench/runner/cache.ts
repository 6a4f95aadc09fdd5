import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Job, RunResult } from './job.ts';
import { benchPolicy } from './policy.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const FOLDER = join(ROOT, 'node_modules/.cache/tidegate-bench');
/** Whatever may change a run of a law that is not ours; ours depends on shared/control besides and is never kept. */
const SOURCES = [
  'bench/laws',
  'bench/loop',
  'bench/scenarios',
  'bench/runner/play.ts',
  'local/world',
  'local/gateway',
  'local/kernel',
  'shared/allocation',
  'shared/telemetry',
];

/** Results of earlier runs of the bounds and rivals: tuning our law need not play them again. */
export class ResultCache {
  private readonly sources = hashOfSources();

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

  private fileOf({ law, scenario, seed }: Job): string {
    return join(FOLDER, `${law}-${scenario}-${seed}-${this.sources}.json`);
  }
}

const isKept = ({ law, trace, keepSeconds }: Job) => !law.startsWith('tidegate') && !trace && !keepSeconds;

function hashOfSources(): string {
  const hash = createHash('sha256');
  for (const source of SOURCES) for (const file of filesOf(source)) hash.update(file).update(readFileSync(file));
  const { objective, tiers, methodCost, guardrails } = benchPolicy();
  hash.update(JSON.stringify({ objective, tiers, methodCost, guardrails }));
  return hash.digest('hex').slice(0, 16);
}

function filesOf(source: string): string[] {
  if (source.endsWith('.ts')) return [join(ROOT, source)];
  const names = readdirSync(join(ROOT, source), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(ROOT, source, name));
}
