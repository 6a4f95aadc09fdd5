import type { Conclusion } from '../../../shared/law/types.ts';
import { savePause } from '../../../shared/state/control-record.ts';
import { clearDesired } from '../../../shared/state/desired.ts';
import { decisionAbout } from '../../../shared/steering/decision.ts';
import type { ControlDependencies } from '../dependencies.ts';
import type { Look } from './look.ts';
import { recordDecided } from './record-decided.ts';

/** While the switch pauses everything, the limits in force stay, and no write is left under way. */
export async function recordPause(dependencies: ControlDependencies, look: Look): Promise<void> {
  const { table, clock } = dependencies;
  const { governed, memory, trigger } = look;
  await savePause(table, governed.api, clock.now());
  if (memory.desired) await clearDesired(table, memory.lease);
  const particulars = { atMs: clock.now(), trigger, mode: 'paused' } as const;
  await recordDecided(dependencies, look, decisionAbout(governed, PAUSED, particulars));
}

const PAUSED: Conclusion = {
  kind: 'hold',
  verdict: 'blind',
  rule: 'paused',
  reason: 'The switch does not say run: every limit stays as it is, and nothing was looked at.',
  wouldChange: 'Set the switch parameter to run.',
  estimates: {},
};
