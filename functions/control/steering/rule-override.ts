import type { Conclusion, DecisionKind, Law, LawInput } from '../../../shared/law/types.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import type { EpochMs, TierName } from '../../../shared/platform/units.ts';
import type { Override } from '../../../shared/policy/schema/override-schema.ts';
import type { Policy } from '../../../shared/policy/schema/policy-schema.ts';
import type { Hold } from '../../../shared/state/hold-record.ts';
import { changesAny, writable } from './compare-limits.ts';
import { holdsStage, type OverrideOutput, underOverride } from './override-limits.ts';

/** An override parameter as it is in force. */
export interface OverrideInForce {
  readonly override: Override;
  readonly name: string;
  readonly version: number;
  /** When this version was put. */
  readonly sinceMs: EpochMs;
  /** Who put it, where AWS told. */
  readonly by: string | undefined;
  /** What a pin holds above the deployed baseline, as a sentence. */
  readonly excess?: string;
  /** The newest version, where it was refused and this one stays in its place. */
  readonly refused?: { readonly version: number; readonly why: string };
}

/** The override parameter of an API and what earlier ones left. */
export interface Brake {
  readonly parameter: OverrideInForce | undefined;
  readonly hold: Hold | undefined;
}

/** The law's answer, with the override applied around it. */
export interface Ruling<State> extends Omit<OverrideOutput, 'limits'> {
  readonly state: State;
  readonly conclusion: Conclusion;
  readonly desired: Limits;
  readonly planOrder: readonly TierName[];
}

/** What brakes at this instant: nothing for `resume`, nor for a pin whose time is over. */
export function activeOverride(parameter: OverrideInForce | undefined, now: EpochMs): Override | undefined {
  const override = parameter?.override;
  if (override === undefined || override.action === 'resume') return undefined;
  return override.action === 'pin' && Date.parse(override.until) <= now ? undefined : override;
}

/** Whether a pause, pin or kill has been in force for longer than it, or else the policy, says. */
export function isOverdue(parameter: OverrideInForce | undefined, policy: Policy, now: EpochMs): boolean {
  const override = activeOverride(parameter, now);
  if (!parameter || override === undefined || override.action === 'resume') return false;
  return now > parameter.sinceMs + 1000 * (override.nagAfterSeconds ?? policy.brakes.nagAfterSeconds);
}

/**
 * Asks the law and applies the override around it. While the stage is out of its hands the law only watches, so that no
 * action of its own waits for an effect that cannot come. Pure.
 */
export function ruleUnder<State>(law: Law<State>, input: LawInput<State>, { parameter, hold }: Brake): Ruling<State> {
  const { live, policy, baseline, effective, now } = input;
  const override = activeOverride(parameter, now);
  const output = law(withoutStage(input, override, hold));
  const { limits, ...rest } = underOverride({
    live,
    desired: writable(output.desired),
    override,
    hold,
    policy,
    baseline,
    lastStageMs: effective.stageMs,
    now,
  });
  const conclusion = concluded(output.conclusion, { parameter, override, before: hold, rest, limits, live });
  return { state: output.state, conclusion, desired: limits, planOrder: output.planOrder ?? [], ...rest };
}

/** A law without memory begins at what a brake replaced: it must not take the emergency floor for its own. */
function withoutStage<State>(
  input: LawInput<State>,
  override: Override | undefined,
  hold: Hold | undefined,
): LawInput<State> {
  const policy: Policy = holdsStage(override) ? { ...input.policy, mode: 'shadow' } : input.policy;
  if (input.state !== undefined || hold === undefined) return { ...input, policy };
  const { stage, tiers } = hold.restorePoint;
  return {
    ...input,
    policy,
    live: { stage: { ...input.live.stage, ...stage }, tiers: { ...input.live.tiers, ...tiers } },
  };
}

interface Findings {
  readonly parameter: OverrideInForce | undefined;
  readonly override: Override | undefined;
  readonly before: Hold | undefined;
  readonly rest: Omit<OverrideOutput, 'limits'>;
  readonly limits: Limits;
  readonly live: Limits;
}

/** The law's conclusion, or in its place the override's, which then quotes the law's. */
function concluded(law: Conclusion, findings: Findings): Conclusion {
  const { parameter, override, before, rest, limits, live } = findings;
  if (override === undefined && before === undefined) return law;
  const quoted = `The law${holdsStage(override) ? ', watching' : ''}: ${law.rule}: ${law.reason}`;
  const gone = before?.isAfterSilence
    ? 'Control was silent, and goes by what it found'
    : 'The override parameter is gone';
  const said = parameter ? `${verb(parameter)} ${authorship(parameter)}` : gone;
  if (override?.action === 'pin' && override.stage === undefined && law.kind !== 'hold') {
    return { ...law, reason: `${law.reason} ${said}: ${what(findings)}`, guard: 'override-pin' };
  }
  return {
    ...law,
    kind: kindOf(limits, live, override),
    rule: override ? `override-${override.action}` : 'override-over',
    reason: `${said}: ${what(findings)} ${quoted}`,
    wouldChange: override ? 'Another version of the override parameter; a pin ends by itself.' : nextOf(rest.hold),
  };
}

function verb({ override }: OverrideInForce): string {
  return { pause: 'Paused', pin: 'Pinned', kill: 'Killed', resume: 'Resumed' }[override.action];
}

/** Which version, by whom, since when and why, as far as is known. */
export function authorship({ override, version, sinceMs, by }: OverrideInForce): string {
  const why = override.reason === undefined ? '' : ` ("${override.reason}")`;
  return `by ${by ?? 'someone AWS did not name'} at ${new Date(sinceMs).toISOString()}, version ${version}${why}`;
}

function what({ parameter, override, limits, rest }: Findings): string {
  if (override?.action === 'pause') return 'every limit stays as it is, and nothing is written.';
  if (override?.action === 'kill') {
    return `the stage stands at its emergency floor, ${rates(limits.stage)}; the plans stay.`;
  }
  if (override?.action === 'pin') {
    const held = override.stage ? ['the stage'] : [];
    const named = [...held, ...Object.keys(override.tiers ?? {})].join(', ');
    const back = rest.hold?.isStageHeld && !override.stage ? ' The stage returns in steps.' : '';
    const excess = parameter?.excess === undefined ? '' : ` ${parameter.excess}`;
    return `${named} held until ${override.until}.${excess}${back}`;
  }
  const over = parameter?.override.action === 'pin' ? `the pin ended at ${parameter.override.until}; ` : '';
  const goes = rest.hold ? `the way back, now at ${rates(limits.stage)}.` : 'everything is back under control.';
  return `${over}${goes}`;
}

function nextOf(hold: Hold | undefined): string {
  return hold ? 'The stage having come back, one guardrail step at a time.' : 'Nothing: the law decides from here.';
}

function rates(stage: Limits['stage']): string {
  return Object.entries(stage)
    .map(([method, { rateRps }]) => `${method} ${Number(rateRps.toFixed(2))} rps`)
    .join(', ');
}

function kindOf(limits: Limits, live: Limits, override: Override | undefined): DecisionKind {
  if (!changesAny(limits, live)) return 'hold';
  const isLower = isAnyLower(limits.stage, live.stage) || isAnyLower(limits.tiers, live.tiers);
  if (!isLower) return 'relax';
  return override?.action === 'kill' ? 'brake' : 'tighten';
}

function isAnyLower(wanted: Limits['stage'], live: Limits['stage']): boolean {
  return Object.entries(wanted).some(([name, { rateRps }]) => rateRps < (live[name]?.rateRps ?? 0));
}
