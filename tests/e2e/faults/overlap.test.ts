import { packagedStack } from '../../../rehearsal/deploy/in-process-deploy.ts';
import { SCALE } from '../../../reliability/faults/scene.ts';
import { explore } from '../../../reliability/overlap/explore.ts';
import { drawn, type Schedule } from '../../../reliability/overlap/schedules.ts';
import { SITUATIONS } from '../../../reliability/overlap/situations.ts';

/** The whole exploration is a command of its own. */
const RUNS = 8;
const CHOSEN = ['well again, with an alarm', 'three in overload'];

function* schedules(): Generator<Schedule> {
  for (let seed = 1; ; seed++) yield drawn(seed);
}

test.each(CHOSEN)(
  '%s: however the calls of concurrent triggers interleave, the end is that of a serial run',
  async (name) => {
    const situation = SITUATIONS.find((one) => one.name === name);
    if (!situation) throw new Error(`There is no situation "${name}".`);
    const { orders, differences } = await explore(await packagedStack(SCALE), situation, schedules(), RUNS);
    expect(orders).toBe(RUNS);
    expect(differences).toEqual([]);
  },
  60_000,
);
