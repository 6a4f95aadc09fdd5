import { leftAsFound } from '../../shared/limits/limit-name.ts';
import { apiStageName } from '../../shared/platform/api-stage.ts';
import { describeError } from '../../shared/platform/errors.ts';
import type { FailSafeDependencies } from './dependencies.ts';
import type { FailSafeTrigger } from './fail-safe-trigger.ts';
import type { Step } from './next-step.ts';

/** The result of a step; `none` if there was nothing to write. */
export type Outcome = 'none' | 'written' | 'mismatch' | 'deferred' | 'refused';

const MINUTE_MS = 60_000;
/** While the fail-safe holds, it announces that every quarter of an hour. */
const NAG_MINUTES = 15;

/** What a look came to. */
interface Report {
  readonly trigger: FailSafeTrigger;
  readonly step: Step;
  readonly outcome: Outcome;
  /** Limits that are not the fail-safe's to raise. */
  readonly left: readonly string[];
}

/** Logs every step, and announces those that matter to operators: holds, raises, and completion. */
export async function report(
  { announce, baseline, clock, logger }: FailSafeDependencies,
  { trigger, step, outcome, left }: Report,
): Promise<void> {
  const now = clock.now();
  const api = apiStageName(baseline);
  const facts = {
    api,
    trigger,
    kind: step.kind,
    rule: ruleOf(step),
    outcome,
    reason: reasonOf(step) + leftAsFound(left),
  };
  logger.warn('Control is silent.', facts);
  if (!isWorthAnnouncing(step, outcome, trigger, Math.floor(now / MINUTE_MS))) return;
  try {
    await announce({ source: 'tidegate.fail-safe', detailType: 'Tidegate Decision', detail: { ...facts, atMs: now } });
  } catch (error) {
    logger.error('The decision of the fail-safe could not be announced.', { reason: describeError(error) });
  }
}

function isWorthAnnouncing(step: Step, outcome: Outcome, trigger: FailSafeTrigger, minute: number): boolean {
  switch (step.kind) {
    case 'nothing':
      return false;
    case 'hold':
      return trigger === 'alarm' || (trigger === 'schedule' && minute % NAG_MINUTES === 0);
    case 'raise-stage':
      return true;
    case 'raise-plan':
      return step.plansLeft === 0 && outcome === 'written';
  }
}

const ruleOf = (step: Step): string => (step.kind === 'hold' ? step.rule : step.kind);

function reasonOf(step: Step): string {
  switch (step.kind) {
    case 'nothing':
      return 'Control is silent; there is no limit to raise.';
    case 'hold':
      return `Control is silent, and limits are below their baselines. The limits stay as they are: ${step.reason}.`;
    case 'raise-stage':
      return `Control is silent and the backend is healthy: the stage returns to its baseline, then ${step.plansLeft} plans follow.`;
    case 'raise-plan':
      return `Control is silent and the backend is healthy: the plan of ${step.tier} returns to its baseline; ${step.plansLeft} plans remain.`;
  }
}
