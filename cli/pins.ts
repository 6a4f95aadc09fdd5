import type { Limit } from '../shared/limits/limit.ts';
import type { EpochMs } from '../shared/platform/units.ts';
import { UsageError } from './target.ts';

/** The limits of a pin: for the stage, and by tier. */
export interface Pins {
  readonly stage?: Limit;
  readonly tiers?: Readonly<Record<string, Limit>>;
}

const LIMIT = /^(?<rate>\d+(?:\.\d+)?)\/(?<burst>\d+)$/;
const DURATION = /^(?<amount>\d+(?:\.\d+)?)(?<unit>s|m|h|d)$/;
const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Parses `50/100`: rate in requests per second, then burst. @throws UsageError */
export function parseLimit(text: string): Limit {
  const { rate, burst } = LIMIT.exec(text)?.groups ?? {};
  if (rate !== undefined && burst !== undefined) return { rateRps: Number(rate), burst: Number(burst) };
  throw new UsageError(`Limit: expected rate/burst, for example 50/100; found "${text}".`);
}

/** Parses any number of `basic=50/100`. @throws UsageError */
export function parsePins(texts: readonly string[]): Pins {
  const limits = new Map<string, Limit>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1)
      throw new UsageError(
        `Pin: expected a tier or "stage" with its limit, for example basic=50/100; found "${text}".`,
      );
    const target = text.slice(0, at);
    if (limits.has(target)) throw new UsageError(`Pin: "${target}" is given twice. Fix: keep one of the two.`);
    limits.set(target, parseLimit(text.slice(at + 1)));
  }
  const stage = limits.get('stage');
  limits.delete('stage');
  return { ...(stage && { stage }), ...(limits.size > 0 && { tiers: Object.fromEntries(limits) }) };
}

/** The end of a pin, from an instant or a duration. @throws UsageError unless exactly one valid value is given */
export function endOf(until: string | undefined, lasting: string | undefined, now: EpochMs): string {
  if ((until === undefined) === (lasting === undefined)) {
    throw new UsageError(
      'End of the pin: give either --for, for example 30m, or --until, for example 2031-05-01T12:30:00Z.',
    );
  }
  if (until !== undefined) return future(until, now);
  return new Date(now + secondsOf(lasting ?? '') * 1000).toISOString();
}

/** Parses `90s`, `30m`, `2h`, `1d`. @throws UsageError */
export function secondsOf(text: string): number {
  const { amount, unit } = DURATION.exec(text)?.groups ?? {};
  if (amount !== undefined && unit !== undefined)
    return (Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS]) / 1000;
  throw new UsageError(`Duration: expected a number followed by s, m, h or d, for example 30m; found "${text}".`);
}

function future(until: string, now: EpochMs): string {
  if (Date.parse(until) <= now)
    throw new UsageError(`--until: expected a time after ${new Date(now).toISOString()}; found ${until}.`);
  return until;
}
