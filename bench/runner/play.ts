import { calmHistory, slackOf } from '../laws/calm-history.ts';
import { LAWS } from '../laws/index.ts';
import { Knowledge } from '../laws/knowledge.ts';
import { CostMeter } from '../loop/cost-meter.ts';
import { delaysOf } from '../loop/delays.ts';
import { runLoop, START_MS } from '../loop/run.ts';
import { BENCH_SCENARIOS } from '../scenarios/index.ts';
import type { Job, RunResult, Second } from './job.ts';
import { benchPolicy } from './policy.ts';
import { traceConclusion, traceSecond } from './trace.ts';

export async function play({ law: lawName, scenario: name, seed, size, trace, keepSeconds }: Job): Promise<RunResult> {
  const law = LAWS.get(lawName);
  const family = BENCH_SCENARIOS.find((each) => each.name === name);
  if (law === undefined || family === undefined) throw new RangeError(`No law "${lawName}" or no scenario "${name}".`);
  const { scenario, trouble, baseline } = family.draw(seed, size);
  const slack = slackOf(seed);
  const knowledge = new Knowledge(scenario, START_MS, slack);
  const policy = benchPolicy(size);
  const context = { policy, baseline, knowledge };
  const seconds: Second[] = [];
  let meter: CostMeter | undefined;
  const {
    decisions: _,
    limits: __,
    writes: ___,
    history: ____,
    stageWrites,
    planWrites,
    reversals,
    ...scores
  } = await runLoop({
    scenario,
    trouble,
    baseline,
    seed,
    policy,
    law: law.create(context),
    telemetry: law.telemetry,
    enforcementSlack: slack,
    delays: delaysOf(seed),
    ...(law.isLearning && !family.hasNoHistory && { history: await calmHistory(law, seed, size) }),
    ...(law.tickSeconds !== undefined && { tickSeconds: law.tickSeconds }),
    ...(law.door && { door: law.door(context) }),
    ...(keepSeconds && {
      watch: (gateway) => {
        meter = new CostMeter(gateway, scenario.methods, scenario.objective.latencyMs);
        return meter;
      },
    }),
    onSecond: (snapshot, enforced) => {
      knowledge.see(snapshot, enforced);
      if (trace) traceSecond(snapshot, enforced);
      const { capacityCups, latencyP90Ms } = snapshot;
      if (meter) seconds.push({ ...meter.take(), capacityCups, latencyP90Ms, enforced });
    },
    ...(trace && { onConclusion: traceConclusion }),
  });
  const limitChanges = stageWrites + planWrites;
  const hours = scenario.durationSeconds / 3600;
  return {
    law: lawName,
    scenario: name,
    seed,
    size,
    ...scores,
    limitChanges,
    changesPerHalfHour: limitChanges / (2 * hours),
    reversalsPerHour: reversals / hours,
    ...(keepSeconds && { seconds }),
  };
}
