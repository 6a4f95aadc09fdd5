import { parseFault } from '@tidegate/embedded-aws/faults';
import { playSurge } from '../../../reliability/tamper/flood.ts';
import { judgeFlood } from '../../../reliability/tamper/judge-flood.ts';

test('whoever judges the flood complains when a wake-up of the plan writer is lost', async () => {
  // The surge begins at 60 s and the first plan is written at 81 s; the wake-up for the second one comes at 104 s.
  const faults = [parseFault('planWriter/dynamodb.Query:down@85s..125s')];
  const run = await playSurge({ isFlooded: true, faults });
  expect(run.forgedEvents).toBe(600);
  // Compared with itself the run is as quick as it should be: the wait alone gives the loss away.
  expect(judgeFlood(run, run)).toEqual([
    expect.stringMatching(
      /^\w+: a change of its plan, written 67 s after the onset, had waited 2\d s while AWS would have accepted it$/,
    ),
  ]);
}, 120_000);
