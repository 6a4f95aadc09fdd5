import pc from 'picocolors';
import type { SeenDecision } from '../run/read-decisions.ts';
import type { RehearsalSecond } from '../run/run-rehearsal.ts';
import type { DashboardState } from './dashboard-state.ts';
import { bar, clip, count, limitText, minutes, sparkline } from './figures.ts';

export interface RenderOptions {
  /** Width of the terminal, characters. */
  readonly columns: number;
  readonly color: boolean;
}

type Colors = ReturnType<typeof pc.createColors>;

const QUIET_KINDS = new Set(['hold']);

/** The whole dashboard as text, without a line break at its end. Pure: the same state gives the same text. */
export function renderDashboard(state: DashboardState, options: RenderOptions): string {
  const colors = pc.createColors(options.color);
  if (!state.latest) return `${state.scenario}: waiting for the first second …`;
  return [
    ...header(state, state.latest, colors),
    '',
    ...tierLines(state, state.latest, colors),
    '',
    latencyLine(state, state.latest, colors),
    '',
    ...limitLines(state.latest, options.columns),
    '',
    ...decisionLines(state, options.columns, colors),
  ].join('\n');
}

function header(state: DashboardState, latest: RehearsalSecond, colors: Colors): string[] {
  const elapsed = latest.snapshot.second + 1;
  const progress = bar(elapsed / state.durationSeconds, 30);
  const clock = `${minutes(elapsed)} of ${minutes(state.durationSeconds)}`;
  const { stageWrites, planWrites, rejectedWrites } = latest.writes;
  const writes = `writes: stage ${stageWrites}, plans ${planWrites}, rejected ${rejectedWrites}`;
  return [`${colors.bold('Tidegate')}  ${state.scenario}  ${progress}  ${clock}`, colors.dim(writes)];
}

function tierLines(state: DashboardState, latest: RehearsalSecond, colors: Colors): string[] {
  const head = `${'tier'.padEnd(10)}${['offered', 'admitted', '429', 'in time'].map((name) => name.padStart(10)).join('')}`;
  const lines = Object.entries(latest.snapshot.tiers).map(([tier, counts]) => {
    const numbers = [counts.offered, counts.admitted].map((value) => count(value).padStart(10)).join('');
    const throttled = count(counts.throttled).padStart(10);
    const refused = counts.throttled > 0 ? colors.yellow(throttled) : throttled;
    const served = colors.green(count(counts.served).padStart(10));
    return `${tier.padEnd(10)}${numbers}${refused}${served}  ${colors.cyan(sparkline(state.offered[tier] ?? []))}`;
  });
  return [colors.dim(head), ...lines];
}

function latencyLine(state: DashboardState, latest: RehearsalSecond, colors: Colors): string {
  const { latencyP90Ms, backlogSeconds } = latest.snapshot;
  const value = latencyP90Ms === undefined ? 'no answers' : `${count(latencyP90Ms)} ms`;
  const isLate = latencyP90Ms !== undefined && latencyP90Ms > state.objectiveMs;
  const shown = (isLate ? colors.red : colors.green)(value.padEnd(12));
  const curve = sparkline(state.latencies, state.objectiveMs * 2);
  return `latency p90  ${shown} objective ${count(state.objectiveMs)} ms   backlog ${backlogSeconds.toFixed(1)} s  ${curve}`;
}

function limitLines(latest: RehearsalSecond, columns: number): string[] {
  const stage = Object.entries(latest.limits.stage).map(([method, limit]) => `${method} ${limitText(limit)}`);
  const plans = Object.entries(latest.limits.tiers).map(([tier, limit]) => `${tier} ${limitText(limit)}`);
  return [clip(`stage limit  ${stage.join('   ')}`, columns), clip(`per key      ${plans.join('   ')}`, columns)];
}

function decisionLines(state: DashboardState, columns: number, colors: Colors): string[] {
  if (state.decisions.length === 0) return [colors.dim('no decision yet')];
  return state.decisions.map((decision) => {
    const line = clip(decisionText(decision, state.startMs), columns);
    return QUIET_KINDS.has(decision.kind) ? colors.dim(line) : colors.bold(line);
  });
}

/** `2:35 brake (congested-cut): the reason` */
export function decisionText(decision: SeenDecision, startMs: number): string {
  const at = minutes(Math.max(0, decision.atMs - startMs) / 1000);
  return `${at.padStart(6)} ${decision.kind} (${decision.rule}): ${decision.reason}`;
}

/** One line for a log that cannot be redrawn. */
export function plainLine(state: DashboardState): string {
  const { latest } = state;
  if (!latest) return '';
  const tiers = Object.entries(latest.snapshot.tiers).map(
    ([tier, { offered, admitted, throttled }]) => `${tier} ${offered}/${admitted}/${throttled}`,
  );
  const { latencyP90Ms } = latest.snapshot;
  const latency = latencyP90Ms === undefined ? 'no answers' : `p90 ${latencyP90Ms} ms`;
  const stage = Object.entries(latest.limits.stage).map(([method, limit]) => `${method} ${limitText(limit)}`);
  const at = minutes(latest.snapshot.second + 1).padStart(6);
  return `${at}  offered/admitted/429: ${tiers.join(', ')}; ${latency}; stage ${stage.join(', ')}`;
}
