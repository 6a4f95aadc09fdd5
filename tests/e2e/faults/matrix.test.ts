import { packagedStack } from '../../../rehearsal/deploy/in-process-deploy.ts';
import { type Cell, cellsOf, KINDS, PHASES } from '../../../reliability/faults/cells.ts';
import { DEPENDENCIES } from '../../../reliability/faults/fault-dependencies.ts';
import { playCell } from '../../../reliability/faults/play-cell.ts';
import { SCALE } from '../../../reliability/faults/scene.ts';

const { cells, omissions } = cellsOf();

/** Every fault and every phase at least once, spread over the dependencies; the whole matrix is a command of its own. */
const CHOSEN: readonly (readonly [dependency: string, kind: Cell['kind'], phase: Cell['phase']])[] = [
  ['GetMetricData', 'stale', 'calm'],
  // What made no sense was once held as somebody's limit, and written as the account's 10,000 requests per second.
  ['GetStage', 'garbage', 'tightening'],
  ['UpdateStage', 'timeout after acting', 'tightening'],
  ['GetUsagePlanKeys', 'partial', 'calm'],
  ['DynamoDB writes', 'throttled', 'relaxing'],
  ['SQS', 'reordered', 'tightening'],
  ['EventBridge', 'duplicated', 'calm'],
  ['alarms', 'down for an hour', 'calm'],
  ['control itself', 'error', 'calm'],
];

const cellOf = ([dependency, kind, phase]: (typeof CHOSEN)[number]): Cell => {
  const cell = cells.find((one) => one.dependency === dependency && one.kind === kind && one.phase === phase);
  if (!cell) throw new Error(`${dependency} / ${kind} / ${phase} is left out of the matrix.`);
  return cell;
};

test('the matrix has at least 300 cells, and every combination is a cell or left out for a reason', () => {
  expect(cells.length).toBeGreaterThanOrEqual(300);
  expect(cells.length + omissions.length).toBe(DEPENDENCIES.length * KINDS.length * PHASES.length);
  expect(omissions.filter(({ why }) => why === '')).toEqual([]);
});

test('what is played here meets every fault and every phase', () => {
  expect(new Set(CHOSEN.map(([, kind]) => kind))).toEqual(new Set(KINDS));
  expect(new Set(CHOSEN.map(([, , phase]) => phase))).toEqual(new Set(PHASES));
});

test.each(CHOSEN)(
  '%s, %s, %s',
  async (...place) => {
    const provocation = DEPENDENCIES.find(({ name }) => name === place[0])?.provocation;
    const result = await playCell(await packagedStack(SCALE), cellOf(place), provocation);
    expect(result.complaints).toEqual([]);
    expect(result.struck).toBeGreaterThan(0);
  },
  60_000,
);
