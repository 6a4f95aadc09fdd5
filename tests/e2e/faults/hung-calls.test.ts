import { packagedStack } from '../../../rehearsal/deploy/in-process-deploy.ts';
import { cellsOf } from '../../../reliability/faults/cells.ts';
import { playCell } from '../../../reliability/faults/play-cell.ts';
import { SCALE } from '../../../reliability/faults/scene.ts';

test('a Parameter Store that never answered cost the whole tick, and its lease', async () => {
  const cell = cellsOf().cells.find(
    ({ dependency, kind, phase }) =>
      dependency === 'SSM reads' && kind === 'timeout after acting' && phase === 'tightening',
  );
  if (!cell) throw new Error('The matrix has no such cell.');
  const result = await playCell(await packagedStack(SCALE), cell);
  expect(result).toMatchObject({ verdict: 'moved safely', missedMinutes: 0, complaints: [] });
}, 60_000);
