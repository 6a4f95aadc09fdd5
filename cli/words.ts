import type { Limit } from '../shared/limits/limit.ts';
import type { Limits } from '../shared/limits/limits.ts';
import { limitOf } from '../shared/limits/limits.ts';
import { own } from '../shared/platform/records.ts';
import type { Decision } from '../shared/state/decisions.ts';

type Named = Readonly<Record<string, Limit>>;

/** A limit in the notation of the command line, for example `50/100`. */
export const figures = ({ rateRps, burst }: Limit): string => `${Number(rateRps.toFixed(2))}/${burst}`;

/** Named limits in one line: `*\/* 2000/60, /orders/POST 5/5`. */
export const limitWords = (limits: Named): string =>
  Object.entries(limits)
    .map(([name, limit]) => `${name} ${figures(limit)}`)
    .join(', ');

/** Lines on a decision that carried an override out: every changed limit with its old and new value, or why none changed. */
export function decisionWords({ kind, rule, mode, atMs, stageOutcome, before, after, reason }: Decision): string[] {
  const at = new Date(atMs).toISOString();
  if (stageOutcome === 'not-enforced' && mode !== 'paused')
    return [`Recorded at ${at}: ${kind} (${rule}). The policy's mode is ${mode}: nothing is enforced.`];
  const stage = moved(before, after, 'stage');
  const plans = moved(before, after, 'tiers');
  return [
    `Carried out at ${at}: ${kind} (${rule}), stage ${stageOutcome}.`,
    ...stage.map((move) => `Stage ${move}`),
    ...plans.map((move) => `Plan ${move}`),
    ...(plans.length > 0 ? ['Usage plans follow one at a time: AWS allows one write per 20 s.'] : []),
    ...(stage.length + plans.length === 0 ? [reason] : []),
  ];
}

function moved(before: Limits | undefined, after: Limits | undefined, kind: 'stage' | 'tiers'): string[] {
  return Object.entries(after?.[kind] ?? {}).flatMap(([name, limit]) => {
    const from = before && (kind === 'stage' ? limitOf(before.stage, name) : own(before.tiers, name));
    return from && figures(from) !== figures(limit) ? [`${name} ${figures(from)} -> ${figures(limit)}`] : [];
  });
}
