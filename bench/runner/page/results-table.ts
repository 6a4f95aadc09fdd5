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

/** Every scenario and law, a scenario's laws together. */
export function rowsTable(rows: readonly Row[]): string {
  const head = ['scenario', 'law', 'stress', 'reach', 'premium', 'gap', 'violated s', 'longest', 'false %', 'changes'];
  const table = new Table({
    ...PLAIN,
    head,
    colAligns: ['left', 'left', ...head.slice(2).map(() => 'right' as const)],
  });
  for (const row of rows) {
    table.push([
      row.scenario,
      row.law,
      ratio(row.stressRatio),
      ratio(row.reach),
      ratio(row.premium),
      ratio(row.premiumGap),
      count(row.violationSeconds),
      count(row.longestViolationSeconds),
      percent(row.falseThrottleRatio),
      count(row.changesPerHalfHour),
    ]);
  }
  return table.toString();
}

export function summaryTable(summaries: readonly Summary[]): string {
  const head = [
    'law',
    'stress',
    'reach',
    'worst reach',
    'premium gap',
    'violated s',
    'worst',
    'false %',
    'worst',
    'changes',
  ];
  const table = new Table({ ...PLAIN, head, colAligns: ['left', ...head.slice(1).map(() => 'right' as const)] });
  for (const each of summaries) {
    table.push([
      each.law,
      ratio(each.stressRatio),
      ratio(each.meanReach),
      `${ratio(each.worstReach)} ${each.worstReachIn ?? ''}`,
      ratio(each.premiumGap),
      count(each.meanViolationSeconds),
      count(each.worstViolationSeconds),
      percent(each.meanFalseThrottles),
      percent(each.worstFalseThrottles),
      count(each.changesPerHalfHour),
    ]);
  }
  return table.toString();
}
