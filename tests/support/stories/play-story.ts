import { scaledBaseline } from '../../../bench/loop/baseline.ts';
import { type LoopResult, runLoop, START_MS } from '../../../bench/loop/run.ts';
import { benchPolicy } from '../../../bench/runner/policy.ts';
import {
  type BackendSpec,
  type ClientGroup,
  type Scenario,
  scaledScenario,
} from '../../../rehearsal/world/scenario.ts';
import { BACKEND, honestGroups, METHODS, OBJECTIVE } from '../../../rehearsal/world/scenarios/common.ts';
import { law } from '../../../shared/law/law.ts';
import type { LawState } from '../../../shared/law/state.ts';
import type { Law } from '../../../shared/law/types.ts';
import type { Policy } from '../../../shared/policy/schema/policy-schema.ts';
import { lawStateOf } from '../../../shared/state/items/law-state.ts';
import { ClientMeter } from './client-meter.ts';

/** A story states its figures at full size and is played at this share of them. */
export const SCALE = 0.1;
/** The baseline at that size. */
export const BASELINE = scaledBaseline(SCALE);
/** When the incident of a story begins and ends, and when most stories end: seconds. */
export const ONSET = 120;
export const END = ONSET + 300;
export const LAST = END + 270;

/** What distinguishes a story from a quiet day. */
export interface Story {
  /** `steadyClients()` when absent. */
  readonly groups?: readonly ClientGroup[];
  readonly backend?: Partial<BackendSpec>;
  readonly policy?: (deployed: Policy) => Policy;
  /** `LAST` when absent. */
  readonly durationSeconds?: number;
}

export interface PlayedStory {
  readonly result: LoopResult;
  readonly meter: ClientMeter;
  /** Every rule that decided a tick. */
  readonly rules: ReadonlySet<string>;
}

/** Honest clients that never try again, so that every request is a first attempt. */
export const steadyClients = (demandOf?: Parameters<typeof honestGroups>[0]): ClientGroup[] =>
  honestGroups(demandOf, { kind: 'none' });

/** The law as its Lambda has it: the state comes back through the table. */
const storedLaw: Law<LawState> = (input) =>
  law({ ...input, state: lawStateOf(input.state && JSON.parse(JSON.stringify(input.state)), input.now) });

/** Plays a story with the product's law in the benchmark's loop. The same story and seed give the same run. */
export async function playStory(seed: number, story: Story): Promise<PlayedStory> {
  const scenario: Scenario = {
    name: 'story',
    title: 'A story of the tests.',
    durationSeconds: story.durationSeconds ?? LAST,
    onsetSeconds: ONSET,
    surgeEndSeconds: END,
    objective: OBJECTIVE,
    methods: METHODS,
    groups: story.groups ?? steadyClients(),
    backend: { ...BACKEND, ...story.backend },
  };
  const deployed = benchPolicy(SCALE);
  const meter = new ClientMeter(scenario, START_MS);
  const rules = new Set<string>();
  const result = await runLoop({
    scenario: scaledScenario(scenario, SCALE),
    seed,
    law: storedLaw,
    policy: story.policy?.(deployed) ?? deployed,
    baseline: BASELINE,
    watch: (gateway) => meter.watch(gateway),
    onConclusion: ({ rule }) => rules.add(rule),
  });
  return { result, meter, rules };
}
