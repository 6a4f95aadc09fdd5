import { bounded, isShut } from '../limits/bounds.ts';
import type { Limit } from '../limits/limit.ts';
import {
  describeName,
  type LimitName,
  leftAsFound,
  namesIn,
  valueNamed,
  withValue,
  withValuesFrom,
} from '../limits/limit-name.ts';
import { areSameLimits, type Limits, type PerLimit } from '../limits/limits.ts';
import { isPatchable, STAGE_DEFAULT } from '../limits/method-key.ts';
import { own } from '../platform/records.ts';
import type { Drift } from '../state/drift-record.ts';
import type { Draft, LeaveReason, LeftAlone } from './draft.ts';
import { isRuled } from './drift/judge-drift.ts';
import { activeOverride } from './governed.ts';
import { methodsOf } from './observation.ts';

const HELD: LeaveReason = { kind: 'held' };
const odd = (why: string): LeaveReason => ({ kind: 'odd', why });

/**
 * Leaves limits as they are that others changed and that are held, that somebody shut, and that cannot be written or read.
 * Every other limit is written. A method's limit that somebody removed, and that is held, stays removed.
 */
export function leaveAlone(draft: Draft): Draft {
  const { observation, drift, conclusion } = draft;
  const { live, reading } = observation;
  let left: LeftAlone = { stage: {}, tiers: {} };
  const open = drift.record?.open ?? NOTHING;
  for (const name of namesIn(draft.limits, live, open, { stage: reading.settingsKeys, tiers: {} })) {
    const reason = reasonToLeave(draft, name);
    if (reason) left = withValue(left, name, reason);
  }
  const limits = withValuesFrom(draft.limits, [...namesIn(left), ...followers(draft, left)], live);
  const held = namesIn(left).filter((name) => valueNamed(left, name)?.kind === 'held');
  if (areSameLimits(draft.limits, withValuesFrom(draft.limits, held, live))) return { ...draft, left, limits };
  return { ...draft, left, limits, conclusion: { ...conclusion, guard: 'drift-held' } };
}

/** Methods that follow a default that is left alone: a limit of their own would, for one, open them where the stage is shut. */
function followers({ limits, observation }: Draft, left: LeftAlone): LimitName[] {
  if (!own(left.stage, STAGE_DEFAULT)) return [];
  const known = new Set(methodsOf(observation));
  const added = Object.keys(limits.stage).filter((method) => !known.has(method));
  return added.map((key) => ({ of: 'stage', key }));
}

const NOTHING: PerLimit<Drift> = { stage: {}, tiers: {} };

function reasonToLeave(draft: Draft, name: LimitName): LeaveReason | undefined {
  const { live, reading } = draft.observation;
  const isStage = name.of === 'stage';
  if (isStage && !isPatchable(name.key, own(reading.settingsKeys, name.key))) return odd('its path may not be patched');
  const unreadable = isStage ? own(reading.unreadable, name.key) : undefined;
  if (unreadable !== undefined && !isRuled(draft, name)) return odd(unreadable);
  const limit = valueNamed(live, name);
  if (limit && isShut(limit) && !isOpened(draft, name)) return odd('somebody shut it');
  return standing(draft, name)?.action === 'hold' && !isRuled(draft, name) ? HELD : undefined;
}

const standing = ({ drift }: Draft, name: LimitName): Drift | undefined =>
  valueNamed(drift.record?.open ?? NOTHING, name);

/**
 * Whether a limit that somebody shut is to be opened: the policy's `drift` gives it back to the law, a pin names it, or an
 * operator resumed after the stage was found shut. A kill opens nothing.
 */
function isOpened(draft: Draft, name: LimitName): boolean {
  const { drift, settings, observation } = draft;
  const { override: parameter } = settings.governed;
  const override = activeOverride(parameter, observation.now);
  if (override?.action === 'kill') return false;
  const isDefault = name.of === 'stage' && name.key === STAGE_DEFAULT;
  if (override?.action === 'pin' && (isDefault || name.of === 'tiers') && isRuled(draft, name)) return true;
  if (standing(draft, name)?.action === 'reassert') return true;
  const foundMs = drift.record?.known.stage[STAGE_DEFAULT]?.atMs ?? observation.now;
  return isDefault && parameter?.override.action === 'resume' && parameter.sinceMs > foundMs;
}

/**
 * Says which limits are left as they are although they are not held: those that are left alone, and those for which
 * something is wanted that cannot be written. Empty where there are none.
 */
export function explainLeft({ left, limits, observation }: Draft): string {
  const { live, account } = observation;
  const told = namesIn(left, limits).flatMap((name) => {
    const reason = valueNamed(left, name);
    const wanted = valueNamed(limits, name);
    const allowed = reason || !wanted ? undefined : bounded(wanted, account);
    const why = reason?.kind === 'odd' ? reason.why : allowed?.kind === 'refused' ? allowed.why : undefined;
    return why === undefined ? [] : [`${describeName(name)}${at(valueNamed(live, name))} (${why})`];
  });
  return leftAsFound(told);
}

function at(limit: Limit | undefined): string {
  return limit ? ` at ${Number(limit.rateRps.toFixed(2))} rps, burst ${limit.burst}` : '';
}

/** The limits that are to be written: all but those that are left alone. */
export function withoutLeft({ limits, left }: Pick<Draft, 'limits' | 'left'>): Limits {
  return withValuesFrom(limits, namesIn(left), { stage: {}, tiers: {} });
}
