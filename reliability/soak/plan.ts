import { hash32, type Random, seededRandom } from '@tidegate/embedded-aws/kernel';
import { type Cell, cellsOf } from '../faults/cells.ts';

const HOUR_SECONDS = 3600;
/** Faultless minutes at the end of every hour, so that the invariants can be audited. */
const FAULTLESS_SECONDS = 600;
const FAULTS_AN_HOUR = { least: 2, most: 5 } as const;
const LASTS_SECONDS = { shortest: 30, longest: 600 } as const;
/** Interval in hours of an outage that lasts for most of an hour. */
const LONG_OUTAGE_HOURS = 6;
const SHARES = [100, 50, 20] as const;

/** The faults of a soak, drawn from its seed: `ssm.Get*:throttle%50@120s..300s`, times from its beginning. */
export function faultPlan(seed: number, hours: number): string[] {
  const random = seededRandom(hash32(`soak/${seed}`));
  const cells = cellsOf().cells.filter(({ phase }) => phase === 'tightening');
  return Array.from({ length: hours }, (_, hour) => faultsOfHour(hour, cells, random)).flat();
}

function faultsOfHour(hour: number, cells: readonly Cell[], random: Random): string[] {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  const between = (least: number, most: number) => least + random() * (most - least);
  const startSeconds = hour * HOUR_SECONDS;
  const endSeconds = startSeconds + HOUR_SECONDS - FAULTLESS_SECONDS;
  if (hour % LONG_OUTAGE_HOURS === LONG_OUTAGE_HOURS - 1) {
    const outages = cells.filter(({ kind }) => kind === 'down for an hour');
    return pick(outages).faults.map((fault) => `${fault}@${startSeconds}s..${endSeconds}s`);
  }
  const { least, most } = FAULTS_AN_HOUR;
  const brief = cells.filter(({ kind }) => kind !== 'down for an hour');
  return Array.from({ length: Math.floor(between(least, most + 1)) }).flatMap(() => {
    const from = Math.floor(between(startSeconds, endSeconds - LASTS_SECONDS.shortest));
    const lasts = between(LASTS_SECONDS.shortest, LASTS_SECONDS.longest);
    const to = Math.min(endSeconds, Math.ceil(from + lasts));
    const share = pick(SHARES);
    return pick(brief).faults.map((fault) => `${withShare(fault, share)}@${from}s..${to}s`);
  });
}

/** Some faults have a share of their own. */
const withShare = (fault: string, percent: number): string =>
  fault.includes('%') || percent === 100 ? fault : `${fault}%${percent}`;
