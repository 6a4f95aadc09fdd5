import Table from 'cli-table3';
import type { Row, Summary } from '../summary.ts';

const PLAIN = {
  chars: {
    top: '',
    'top-mid': '',
    'top-left': '',
    'top-right': '',
    bottom: '',
    'bottom-mid': '',
    'bottom-left': '',
    'bottom-right': '',
    left: '',
    'left-mid': '',
    mid: '',
    'mid-mid': '',
    right: '',
    'right-mid': '',
    middle: ' ',
  },
  style: { head: [], border: [], 'padding-left': 0, 'padding-right': 1 },
};

const ratio = (value: number | null) => (value === null ? '-' : value.toFixed(3));
const percent = (value: number) => (value * 100).toFixed(1);
const count = (value: number) => (Math.round(value * 10) / 10).toString();

const rest = (seconds: number | null | undefined) => {
  if (seconds === undefined) return '-';
  return seconds === null ? 'never' : String(seconds);
};
/** The tiers' figures in one cell, in the order of `config/tiers.yml`. */
const shares = (byTier: Readonly<Record<string, number>> | null) =>
  byTier
    ? Object.values(byTier)
        .map((share) => share.toFixed(2))
        .join(' ')
    : '-';

function plainTable(head: readonly string[], left: number) {
  const colAligns = head.map((_, index) => (index < left ? ('left' as const) : ('right' as const)));
  return new Table({ ...PLAIN, head: [...head], colAligns });
}

/** Every size, scenario and law, a scenario's laws together. */
export function rowsTable(rows: readonly Row[]): string {
  const head = [
    'size',
    'scenario',
    'law',
    'stress',
    'reach',
    'premium',
    'honest',
    'harm',
    'rest',
    'violated s',
    'beyond',
    'false %',
    'changes',
  ];
  const table = plainTable(head, 3);
  for (const row of rows) {
    table.push([
      String(row.size),
      row.scenario,
      row.law,
      ratio(row.stressRatio),
      ratio(row.reach),
      ratio(row.premium),
      shares(row.honestServedByTier),
      row.harmRatio === null ? '-' : `${row.harmRatio.toFixed(2)} ${row.harmTier}`,
      rest(row.secondsToRest),
      count(row.violationSeconds),
      row.violationSecondsBeyond === null ? '-' : count(row.violationSecondsBeyond),
      percent(row.falseThrottleRatio),
      count(row.changesPerHalfHour),
    ]);
  }
  return table.toString();
}

export function summaryTable(summaries: readonly Summary[]): string {
  const head = [
    'size',
    'law',
    'stress',
    'reach',
    'worst reach',
    'honest gap',
    'harm',
    'rest',
    'beyond',
    'worst',
    'false %',
    'worst',
    'changes',
  ];
  const table = plainTable(head, 2);
  for (const each of summaries) {
    const { meanViolationSecondsBeyond: beyond, worstViolationSecondsBeyond: worst } = each;
    table.push([
      String(each.size),
      each.law,
      ratio(each.stressRatio),
      ratio(each.meanReach),
      `${ratio(each.worstReach)} ${each.worstReachIn ?? ''}`,
      shares(each.honestGapByTier),
      each.harmRatio === null ? '-' : `${each.harmRatio.toFixed(2)} ${each.harmIn}`,
      each.restIn === null ? '-' : `${rest(each.secondsToRest)} ${each.restIn}`,
      beyond === null ? '-' : count(beyond),
      worst === null ? '-' : count(worst),
      percent(each.meanFalseThrottles),
      percent(each.worstFalseThrottles),
      count(each.changesPerHalfHour),
    ]);
  }
  return table.toString();
}
