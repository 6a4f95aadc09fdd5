import { mkdirSync, writeFileSync } from 'node:fs';
import { BENCH_SCENARIOS } from '../../scenarios/index.ts';
import { TUNING_SIZE } from '../../scenarios/size.ts';
import type { Job } from '../job.ts';
import { play } from '../play.ts';
import { benchPolicy } from '../policy.ts';
import { RESULTS_FOLDER } from '../results.ts';
import { chart } from './chart.ts';

/** The law that is drawn. */
export const DRAWN = 'tidegate';

/** Plays our law once in every scenario and draws what happened: bench/results/<scenario>.svg. */
export async function drawAll(scenarios: readonly string[], seed: number): Promise<void> {
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  const { methodCost, objective } = benchPolicy();
  for (const name of scenarios) {
    const job: Job = { law: DRAWN, scenario: name, seed, size: TUNING_SIZE, trace: false, keepSeconds: true };
    const { seconds = [], stressRatio, violationSeconds } = await play(job);
    const family = BENCH_SCENARIOS.find((each) => each.name === name);
    if (!family) continue;
    const { baseline, scenario } = family.draw(seed, TUNING_SIZE);
    const svg = chart({
      title: `${name}: ${family.title}`,
      subtitle: `${DRAWN}, seed ${seed}: stress ratio ${stressRatio.toFixed(3)}, ${violationSeconds} s in violation`,
      seconds,
      baseline,
      methodCost,
      methods: scenario.methods.map(({ verb, path }) => `${path}/${verb}`),
      boundMs: objective.latencyMs,
    });
    writeFileSync(`${RESULTS_FOLDER}${name}.svg`, svg);
  }
}
