import { cellsOf } from '../../../bench/faults/cells.ts';
import { playCell } from '../../../bench/faults/play.ts';
import { SCALE } from '../../../bench/faults/scene.ts';
import { packagedStack } from '../../support/e2e/in-process-deploy.ts';

test.each(['SSM reads', 'GetMetricData'])(
  '%s that never answered cost the whole tick, and its lease',
  async (name) => {
    const cell = cellsOf().cells.find(
      ({ dependency, kind, phase }) => dependency === name && kind === 'timeout after acting' && phase === 'tightening',
    );
    if (!cell) throw new Error(`${name} is no dependency.`);
    const result = await playCell(await packagedStack(SCALE), cell);
    expect(result).toMatchObject({ verdict: 'moved safely', missedMinutes: 0, complaints: [] });
  },
  60_000,
);
