import type { Conclusion, DecisionKind } from '../../law/types.ts';
import { isAnyChanged, type Limits, type StageLimits } from '../../limits/limits.ts';
import { own } from '../../platform/records.ts';
import type { Override } from '../../policy/schema/override-schema.ts';
import type { WayBack } from '../../state/way-back.ts';
import type { Draft } from '../draft.ts';
import { activeOverride, type OverrideInForce } from '../governed.ts';
import { type Overridden, takesStage } from './override-limits.ts';

/** The law's conclusion; where an override or the way back from it has replaced the law's limits, theirs, which quotes the law's. */
export function explainOverride(draft: Draft, applied: Overridden): Conclusion {
  const { conclusion: law, wayBack, observation } = draft;
  const { live, now } = observation;
  const parameter = draft.settings.governed.override;
  const override = activeOverride(parameter, now);
  if (override === undefined && wayBack === undefined) return law;
  const quoted = `The law${takesStage(override) ? ', watching' : ''}: ${law.rule}: ${law.reason}`;
  const said = parameter
    ? `${PARTICIPLES[parameter.override.action]} ${authorship(parameter)}`
    : withoutParameter(wayBack);
  const effect = effectOf(parameter, override, applied);
  if (override?.action === 'pin' && override.stage === undefined && law.kind !== 'hold') {
    return { ...law, reason: `${law.reason} ${said}: ${effect}`, guard: 'override-pin' };
  }
  return {
    ...law,
    kind: kindOf(applied.limits, live, override),
    rule: override ? `override-${override.action}` : 'override-over',
    reason: `${said}: ${effect} ${quoted}`,
    wouldChange: override
      ? 'Another version of the override parameter; a pin ends by itself.'
      : nextOf(applied.nextWayBack),
  };
}

const PARTICIPLES = { pause: 'Paused', pin: 'Pinned', kill: 'Killed', resume: 'Resumed' } as const;

/** Which version, by whom, since when and why, as far as is known. */
export function authorship({ override, version, sinceMs, by }: OverrideInForce): string {
  const why = override.reason === undefined ? '' : ` ("${override.reason}")`;
  return `by ${by ?? 'someone AWS did not name'} at ${new Date(sinceMs).toISOString()}, version ${version}${why}`;
}

function withoutParameter(wayBack: WayBack | undefined): string {
  return wayBack?.isAfterSilence
    ? 'Control was silent, and starts from the limits it found'
    : 'The override parameter is gone';
}

function effectOf(
  parameter: OverrideInForce | undefined,
  override: Override | undefined,
  { limits, nextWayBack }: Overridden,
): string {
  if (override?.action === 'pause') return 'every limit stays as it is, and nothing is written.';
  if (override?.action === 'kill') {
    return `the stage stands at its emergency floor, ${rates(limits.stage)}; the plans stay.`;
  }
  if (override?.action === 'pin') {
    const pinned = [...(override.stage ? ['the stage'] : []), ...Object.keys(override.tiers ?? {})].join(', ');
    const back = nextWayBack?.isStageAway && !override.stage ? ' The stage returns in steps.' : '';
    const excess = parameter?.excess === undefined ? '' : ` ${parameter.excess}`;
    return `${pinned} held until ${override.until}.${excess}${back}`;
  }
  const over = parameter?.override.action === 'pin' ? `the pin ended at ${parameter.override.until}; ` : '';
  const goes = nextWayBack ? `the way back, now at ${rates(limits.stage)}.` : 'everything is back under control.';
  return `${over}${goes}`;
}

function nextOf(wayBack: WayBack | undefined): string {
  return wayBack ? 'The stage having come back, one guardrail step at a time.' : 'Nothing: the law decides from here.';
}

function rates(stage: StageLimits): string {
  return Object.entries(stage)
    .map(([method, { rateRps }]) => `${method} ${Number(rateRps.toFixed(2))} rps`)
    .join(', ');
}

function kindOf(limits: Limits, live: Limits, override: Override | undefined): DecisionKind {
  if (!isAnyChanged(limits, live)) return 'hold';
  const isLower = isAnyRateLower(limits.stage, live.stage) || isAnyRateLower(limits.tiers, live.tiers);
  if (!isLower) return 'relax';
  return override?.action === 'kill' ? 'brake' : 'tighten';
}

function isAnyRateLower(wanted: StageLimits, live: StageLimits): boolean {
  return Object.entries(wanted).some(([name, { rateRps }]) => rateRps < (own(live, name)?.rateRps ?? 0));
}
