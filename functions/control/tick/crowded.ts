import type { Conclusion } from '../../../shared/law/types.ts';
import { isConflict, isThrottled, retryAfterMs } from '../../../shared/platform/errors.ts';
import type { Lease } from '../../../shared/state/lease.ts';
import type { ApiMetrics } from '../../../shared/telemetry/cloudwatch.ts';
import type { Trigger } from '../control-trigger.ts';
import type { ControlDependencies } from '../dependencies.ts';
import type { Governed } from '../steering/governed-api.ts';
import type { Memory } from './recall.ts';
import { standBack } from './stand-back.ts';
import { decisionOf, record, tick } from './tick.ts';

/**
 * A tick, unless AWS has just refused a management call: those are few, an account shares them, and a deploy needs them
 * more. Then a whole tick passes without one, recorded as a decision to hold. A kill waits for nobody.
 * @returns whether the tick came to its end; one that was held back did not, and control does not beat for it
 */
export async function tickUnlessCrowded(
  dependencies: ControlDependencies,
  governed: Governed,
  memory: Memory,
  trigger: Trigger,
  metrics: ApiMetrics | undefined,
): Promise<boolean> {
  const isKilled = governed.override?.override.action === 'kill';
  if (isKilled || memory.record.backoffUntilMs <= dependencies.clock.now()) {
    try {
      return await tick(dependencies, governed, memory, trigger, metrics);
    } catch (error) {
      if (!isThrottled(error) && !isConflict(error)) throw error;
      await standBack(dependencies, governed.api, retryAfterMs(error));
    }
  }
  await holdBack(dependencies, governed, memory.lease, trigger);
  return false;
}

async function holdBack(
  dependencies: ControlDependencies,
  governed: Governed,
  lease: Lease,
  trigger: Trigger,
): Promise<void> {
  const decision = decisionOf(dependencies, governed, lease, trigger, CROWDED, {
    mode: governed.policy.mode,
    before: undefined,
    after: undefined,
    stageOutcome: 'deferred',
    evidence: { windows: 0, newestMs: undefined },
  });
  await record(dependencies, governed.api, decision, 'deferred');
}

const CROWDED: Conclusion = {
  kind: 'hold',
  verdict: 'blind',
  rule: 'management-crowded',
  reason: 'API Gateway refused a management call, for too many of them or for one of somebody else: we stand back.',
  wouldChange: 'A whole tick without a call of ours.',
  estimates: {},
};
