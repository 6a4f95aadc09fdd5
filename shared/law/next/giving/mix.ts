import type { MethodKey } from '../../../limits/method-key.ts';
import { emptyRecord, own } from '../../../platform/records.ts';
import type { Rps } from '../../../platform/units.ts';
import { NUMBERS } from '../constants.ts';

type Rates = Readonly<Record<MethodKey, Rps>>;

/** Demand's smoothing averages over about so many seconds. */
const SEEN_SECONDS = 58;

/** Rates by method, smoothed over minutes. A change that random variation does not explain counts at once. */
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
