import type { Conclusion } from '../../law/types.ts';
import type { Limit } from '../../limits/limit.ts';
import { describeName } from '../../limits/limit-name.ts';
import type { Drift } from '../../state/drift-record.ts';
import type { DriftNote } from './examine-drift.ts';

const SOMEBODY: Readonly<Record<Drift['kind'], string>> = {
  deploy: 'a deploy',
  human: 'a person',
  unknown: 'nobody is known to have done it: neither a deploy nor CloudTrail speaks of it',
  'fail-safe': 'whoever acted while control was silent: the fail-safe, or a deploy',
};

/** What a note says to a person: which limit, from what to what, by whom, and what is done about it. */
export function explainDrift({ event, name, drift }: DriftNote): Pick<Conclusion, 'rule' | 'reason' | 'wouldChange'> {
  const { kind, who, before, after } = drift;
  const by = `${SOMEBODY[kind]}${who === null ? '' : `, ${who}`}`;
  const limit = describeName(name);
  const moved = `${limit}: ${figures(before)} became ${figures(after)}; it was not us. Changed by: ${by}.`;
  switch (event) {
    case 'found':
      return { rule: `drift-${kind}`, reason: `${moved} ${doing(drift)}`, wouldChange: until(drift) };
    case 'explained':
      return { rule: 'drift-explained', reason: `${moved} ${doing(drift)}`, wouldChange: until(drift) };
    case 'held-long-enough':
      return {
        rule: 'drift-hold-over',
        reason: `${moved} Held long enough: the law has it back.`,
        wouldChange: until(drift),
      };
    case 'resumed':
      return {
        rule: 'drift-resumed',
        reason: `${moved} The operator resumed: the law has it back.`,
        wouldChange: until(drift),
      };
    case 'gone':
      return {
        rule: 'drift-over',
        reason: `${limit} is as we wrote it again, ${figures(before)}.`,
        wouldChange: 'Another change.',
      };
  }
}

function doing({ kind, action, untilMs }: Drift): string {
  if (action === 'hold') return `It is left alone until ${new Date(untilMs).toISOString()}, or until you resume.`;
  if (action === 'adopt' && kind === 'fail-safe') return 'The law starts from it; baselines stay what they were.';
  if (action === 'adopt') return 'It is adopted: the new baseline of that limit, and the law starts from it.';
  return 'It is written again as the law wants it.';
}

function until({ action }: Drift): string {
  if (action === 'hold') return 'The end of the hold, a resume, or the limit being put back.';
  return action === 'adopt' ? 'A deploy with another baseline.' : 'Nothing: the law decides.';
}

function figures({ rateRps, burst }: Limit): string {
  return `${Number(rateRps.toFixed(2))} rps, burst ${burst}`;
}
