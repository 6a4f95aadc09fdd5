import type { SeenDecision } from '../run/read-decisions.ts';
import type { RehearsalSecond } from '../run/run-rehearsal.ts';

/** Number of seconds in the sparklines. */
export const HISTORY_SECONDS = 40;
const DECISIONS_SHOWN = 5;

/** The state of the dashboard; a new one for every second. */
export interface DashboardState {
  readonly scenario: string;
  readonly durationSeconds: number;
  readonly objectiveMs: number;
  /** When the scenario's second 0 began. */
  readonly startMs: number;
  readonly latest: RehearsalSecond | undefined;
  /** Offered requests per tier, and latency p90 (0 without answers), of the last seconds, oldest first. */
  readonly offered: Readonly<Record<string, readonly number[]>>;
  readonly latencies: readonly number[];
  /** Newest first, without repeated holds. */
  readonly decisions: readonly SeenDecision[];
}

export function initialDashboard(scenario: {
  readonly name: string;
  readonly durationSeconds: number;
  readonly objective: { readonly latencyMs: number };
}): DashboardState {
  return {
    scenario: scenario.name,
    durationSeconds: scenario.durationSeconds,
    objectiveMs: scenario.objective.latencyMs,
    startMs: 0,
    latest: undefined,
    offered: {},
    latencies: [],
    decisions: [],
  };
}

export function observeSecond(state: DashboardState, second: RehearsalSecond): DashboardState {
  const { snapshot } = second;
  const offered: Record<string, readonly number[]> = {};
  for (const [tier, counts] of Object.entries(snapshot.tiers)) {
    offered[tier] = remember(state.offered[tier] ?? [], counts.offered);
  }
  return {
    ...state,
    startMs: snapshot.endMs - (snapshot.second + 1) * 1000,
    latest: second,
    offered,
    latencies: remember(state.latencies, snapshot.latencyP90Ms ?? 0),
    decisions: second.decisions.reduce(rememberDecision, state.decisions),
  };
}

const remember = (values: readonly number[], value: number): number[] => [...values, value].slice(-HISTORY_SECONDS);

function rememberDecision(known: readonly SeenDecision[], decision: SeenDecision): readonly SeenDecision[] {
  const [newest, ...rest] = known;
  const repeats = newest?.kind === 'hold' && decision.kind === 'hold' && newest.rule === decision.rule;
  return [decision, ...(repeats ? rest : known)].slice(0, DECISIONS_SHOWN);
}
