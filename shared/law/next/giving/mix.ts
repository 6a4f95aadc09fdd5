import type { MethodKey } from '../../../limits/method-key.ts';
import { emptyRecord, own } from '../../../platform/records.ts';
import type { Rps } from '../../../platform/units.ts';
import { NUMBERS } from '../constants.ts';

type Rates = Readonly<Record<MethodKey, Rps>>;

/** Smoothing over the half-life of demand sees about so many seconds of requests. */
const SEEN_SECONDS = 58;

/** What methods are asked for, without chance: a distinct change counts at once, all else is smoothed for long. */
export function mixAfter(before: Rates, expected: Rates, seconds: number): Rates {
  const gain = 1 - 0.5 ** (seconds / NUMBERS.mixHalfLifeSeconds);
  const mix = emptyRecord<Rps>();
  for (const [method, rps] of Object.entries(expected)) {
    const known = own(before, method);
    const deviation = Math.sqrt(Math.max(known ?? 0, rps) / SEEN_SECONDS);
    const isNews = known === undefined || Math.abs(rps - known) > NUMBERS.mixDeviations * deviation;
    mix[method] = isNews ? rps : known + gain * (rps - known);
  }
  return mix;
}
