import { UpdateStageCommand } from '@aws-sdk/client-api-gateway';
import fc from 'fast-check';
import { createControl } from '../../../functions/control/control.ts';
import type { Law } from '../../../shared/law/types.ts';
import { addWindowPart } from '../../../shared/state/window-store.ts';
import { emptyWindow } from '../../../shared/telemetry/windows.ts';
import { type LocalTable, localTable } from '../../support/functions/local-table.ts';
import { API, CONCLUSION, SCHEDULE, T0, World } from '../../support/functions/world.ts';

/** Ten rps less for every window, from 1000 down: whoever counts one twice is found out by the stage's rate. */
const countingLaw: Law<unknown> = ({ state, windows, live, policy }) => {
  const seen = ((state as number | undefined) ?? 0) + windows.length;
  const stage = { '*/*': { rateRps: 1000 - 10 * seen, burst: 30 } };
  return { state: seen, conclusion: { ...CONCLUSION, rule: policy.mode }, desired: { stage, tiers: live.tiers } };
};

const NUDGE = {
  source: 'tidegate.telemetry',
  'detail-type': 'Tidegate Look Now',
  detail: { ...API, reason: 'throttled' },
};
const EVENTS = { schedule: SCHEDULE, nudge: NUDGE, other: { anything: 'else' } };
type EventName = keyof typeof EVENTS;

interface Outcome {
  readonly rateRps: number | undefined;
  readonly writes: number;
}

let table: LocalTable;
let world: World;
beforeEach(async () => {
  world = new World();
});
afterEach(() => world.restore());

/** Plays rounds of events, ten seconds and one window each, with a last scheduled tick after all of them. */
async function play(rounds: readonly (readonly EventName[])[], atOnce: boolean): Promise<Outcome> {
  table = await localTable();
  world.now = T0;
  world.stage = { '*/*': { throttlingRateLimit: 1000, throttlingBurstLimit: 30 } };
  world.aws.resetHistory();
  const run = createControl(world.dependencies(table, countingLaw));
  for (const [index, events] of rounds.entries()) {
    await addWindowPart(table, API, 'b', { ...emptyWindow(T0 + 10_000 * (index - 3)), lagMs: 1000 }, world.now);
    if (atOnce) await Promise.all(events.map((name) => run(EVENTS[name])));
    else for (const name of events) await run(EVENTS[name]);
    world.now += 10_000;
  }
  world.now += 60_000;
  await run(SCHEDULE);
  await table.close();
  const writes = world.aws.commandCalls(UpdateStageCommand).length;
  return { rateRps: world.stage['*/*']?.throttlingRateLimit, writes };
}

const round = fc.array(fc.constantFrom<EventName>('schedule', 'nudge', 'other'), { maxLength: 4 });

test('duplicated, late, reordered and lost events leave the limits where one event a round would', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 5 }), fc.boolean(), async (rounds, atOnce) => {
      const once = await play(
        rounds.map(() => ['schedule']),
        false,
      );
      const any = await play(rounds, atOnce);
      expect(any.rateRps).toBe(once.rateRps);
      expect(any.rateRps).toBe(1000 - 10 * rounds.length);
      // A window is worth one write at most, however many events speak of it.
      expect(any.writes).toBeLessThanOrEqual(rounds.length);
    }),
    { numRuns: 8 },
  );
}, 30_000);
