import type { StageReading } from '../../shared/gateway/port.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import { describeError } from '../../shared/platform/errors.ts';
import { emptyRecord } from '../../shared/platform/records.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import type { FailSafeDependencies } from './dependencies.ts';
import { handsOffReason } from './hands-off.ts';
import { type Health, judgeBackend } from './health-rules.ts';
import { brakedLimits, type Situation, STAGE } from './next-step.ts';

export interface Surroundings extends Situation {
  readonly reading: StageReading;
}

const MINUTE_MS = 60_000;
const AT_REST: Pick<Situation, 'health' | 'raised' | 'handsOff'> = {
  health: { kind: 'unknown', why: 'the backend was not examined' },
  raised: new Set(),
  handsOff: undefined,
};

/** What is braked, and everything that speaks for or against raising it. @throws Error when limits cannot be read. */
export async function lookAround(dependencies: FailSafeDependencies): Promise<Surroundings> {
  const { clock, gateway, baseline } = dependencies;
  const account = await gateway.accountLimit();
  const reading = await gateway.readStage(baseline);
  const plans = await gateway.readPlans();
  const tiers = emptyRecord<Limit>();
  for (const [tier, { planId }] of Object.entries(baseline.tiers)) {
    const limit = plans.get(planId);
    if (limit) tiers[tier] = limit;
  }
  const braked = brakedLimits({ stage: reading.limits, tiers }, account, baseline);
  const names = [...(Object.keys(braked.stage).length > 0 ? [STAGE] : []), ...braked.plans.map(({ tier }) => tier)];
  if (names.length === 0) return { reading, braked, ...AT_REST };
  const now = clock.now();
  const handsOff = await operatorsWord(dependencies, now);
  return {
    reading,
    braked,
    handsOff,
    health: await healthOf(dependencies, now),
    raised: await raised(dependencies, names, now),
  };
}

/** What the fail-safe raised since control's last heartbeat. A beat's minute ends before a silence can begin. */
async function raised({ vitalSigns }: FailSafeDependencies, names: readonly string[], now: EpochMs) {
  const beatMs = await vitalSigns.lastBeat(now);
  return await vitalSigns.raisedSince(names, beatMs === undefined ? 0 : beatMs + MINUTE_MS, now);
}

/** A backend that nobody can see is not taken for a healthy one. */
async function healthOf(dependencies: FailSafeDependencies, now: EpochMs): Promise<Health> {
  const { gateway, vitalSigns, baseline, rules } = dependencies;
  try {
    const apiName = await gateway.apiName(baseline.apiId);
    return judgeBackend(await vitalSigns.backend(apiName, now), now, rules);
  } catch (error) {
    return { kind: 'unknown', why: describeError(error) };
  }
}

/** Parameter Store is asked, but need not answer. */
async function operatorsWord(dependencies: FailSafeDependencies, now: EpochMs): Promise<string | undefined> {
  const { parameters, parameterPrefix, baseline, logger } = dependencies;
  try {
    return handsOffReason(await parameters.below(parameterPrefix), parameterPrefix, baseline, now);
  } catch (error) {
    logger.warn('The parameters of the operators could not be read; the fail-safe follows its own rules.', {
      reason: describeError(error),
    });
    return undefined;
  }
}
