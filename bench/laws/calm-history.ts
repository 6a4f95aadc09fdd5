import { randomStreams } from '../../rehearsal/world/random-streams.ts';
import { delaysOf } from '../loop/delays.ts';
import { type History, runLoop, START_MS } from '../loop/run.ts';
import { benchPolicy } from '../runner/policy.ts';
import { calmDay } from '../scenarios/calm-day.ts';
import type { BenchLaw } from './bench-law.ts';
import { Knowledge } from './knowledge.ts';

/** Enforcement is best effort: by up to this share too generous, drawn by seed. */
const LARGEST_SLACK = 0.02;

export const slackOf = (seed: number): number => randomStreams(seed)('bench/slack')() * LARGEST_SLACK;

const known = new Map<string, Promise<History<unknown>>>();

/** What a law knows after a calm day that ends as the story begins; played once by a thread for each law, size and seed. */
export function calmHistory(law: BenchLaw, seed: number, size: number): Promise<History<unknown>> {
  const name = `${law.name} ${seed} ${size}`;
  const history = known.get(name) ?? playCalmDay(law, seed, size);
  known.set(name, history);
  return history;
}

async function playCalmDay(law: BenchLaw, seed: number, size: number): Promise<History<unknown>> {
  const { scenario, baseline } = calmDay.draw(seed, size);
  const policy = benchPolicy(size);
  const startMs = START_MS - scenario.durationSeconds * 1000;
  const knowledge = new Knowledge(scenario, startMs, slackOf(seed));
  const { history } = await runLoop({
    scenario,
    baseline,
    seed,
    policy,
    startMs,
    law: law.create({ policy, baseline, knowledge }),
    telemetry: law.telemetry,
    enforcementSlack: slackOf(seed),
    delays: delaysOf(seed),
  });
  return history;
}
