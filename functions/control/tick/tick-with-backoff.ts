import type { Conclusion } from '../../../shared/law/types.ts';
import { isConflict, isThrottled, retryAfterMs } from '../../../shared/platform/errors.ts';
import { decisionAbout } from '../../../shared/steering/decision.ts';
import type { ControlDependencies } from '../dependencies.ts';
import type { Look } from './look.ts';
import { recordDecided } from './record-decided.ts';
import { standBack } from './stand-back.ts';
import { tick } from './tick.ts';

/**
 * A tick, unless AWS has just refused a management call: those are few, an account shares them, and a deploy needs them
 * more. Then a whole tick passes without one, recorded as a decision to hold. A kill waits for nobody.
 * @returns whether the tick came to its end; one that was held back did not, and control does not beat for it
 */
export async function tickWithBackoff(dependencies: ControlDependencies, look: Look): Promise<boolean> {
  const { governed, memory, trigger } = look;
  const isKilled = governed.override?.override.action === 'kill';
  if (isKilled || memory.record.backoffUntilMs <= dependencies.clock.now()) {
    try {
      return await tick(dependencies, look);
    } catch (error) {
      if (!isThrottled(error) && !isConflict(error)) throw error;
      await standBack(dependencies, governed.api, retryAfterMs(error));
    }
  }
  const particulars = { atMs: dependencies.clock.now(), trigger, stageOutcome: 'deferred' } as const;
  await recordDecided(dependencies, look, decisionAbout(governed, CROWDED, particulars));
  return false;
}

const CROWDED: Conclusion = {
  kind: 'hold',
  verdict: 'blind',
  rule: 'management-crowded',
  reason: 'API Gateway refused a management call, for too many of them or for one of somebody else: we stand back.',
  wouldChange: 'A whole tick without a call of ours.',
  estimates: {},
};
