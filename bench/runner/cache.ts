import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { Job, RunResult } from './job.ts';
import { benchPolicy } from './policy.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const FOLDER = join(ROOT, 'node_modules/.cache/tidegate-bench');
/** Whatever may change a run; ours depends on shared/control besides and is never kept. */
const WORLD = [
  'bench/loop',
  'bench/scenarios',
  'bench/runner/play.ts',
  'rehearsal/world',
  'embedded-aws/gateway',
  'embedded-aws/kernel',
  'shared/allocation',
  'shared/telemetry',
];
const BOUNDS = ['bench/laws/bounds', 'bench/laws/knowledge.ts'];
const OTHERS = ['bench/laws/fixed.ts', 'bench/laws/rivals'];
const TUNED = [...OTHERS, 'bench/results/tuning.json'];

/** Results of earlier runs of the bounds and rivals: tuning our law need not play them again. */
export class ResultCache {
  private readonly bounds = hashOf([...WORLD, ...BOUNDS]);
  private readonly others = hashOf([...WORLD, ...OTHERS]);
  private readonly tuned = hashOf([...WORLD, ...TUNED]);

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
    const isCandidate = law.includes(':');
    const sources = law.startsWith('perfect') ? this.bounds : isCandidate ? this.others : this.tuned;
    return join(FOLDER, `${law.replaceAll(':', '.')}-${scenario}-${seed}-${sources}.json`);
  }
}

const isKept = ({ law, trace, keepSeconds }: Job) => !law.startsWith('tidegate') && !trace && !keepSeconds;

function hashOf(sources: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of sources.flatMap(filesOf)) hash.update(relative(ROOT, file)).update(readFileSync(file));
  const { objective, tiers, methodCost, guardrails } = benchPolicy();
  hash.update(JSON.stringify({ objective, tiers, methodCost, guardrails }));
  return hash.digest('hex').slice(0, 16);
}

function filesOf(source: string): string[] {
  if (/\.\w+$/.test(source)) return [join(ROOT, source)].filter((file) => existsSync(file));
  const names = readdirSync(join(ROOT, source), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.ts'))
    .sort()
    .map((name) => join(ROOT, source, name));
}
