import type { KnownStage } from '../../shared/gateway/port.ts';
import type { Limit } from '../../shared/limits/limit.ts';
import { describeError } from '../../shared/platform/errors.ts';
import { emptyRecord } from '../../shared/platform/records.ts';
import type { EpochMs } from '../../shared/platform/units.ts';
import type { FailSafeDependencies } from './dependencies.ts';
import { handsOffReason } from './hands-off.ts';
import { type Health, judgeBackend } from './health-rules.ts';
import { loweredLimits, type Situation, STAGE } from './next-step.ts';

export interface Surroundings extends Situation {
  readonly stage: KnownStage;
}

const MINUTE_MS = 60_000;
const NOTHING_LOWERED: Pick<Situation, 'health' | 'raised' | 'handsOff'> = {
  health: { kind: 'unknown', why: 'the backend was not examined' },
  raised: new Set(),
  handsOff: undefined,
};

/** Reads the lowered limits and all facts for and against raising them. @throws Error if limits cannot be read */
export async function readSituation(dependencies: FailSafeDependencies): Promise<Surroundings> {
  const { clock, gateway, baseline } = dependencies;
  // Where AWS names no limit of the account, the deployed one of the stage is the most that is known to be allowed.
  const account = (await gateway.accountLimit()) ?? baseline.stageLimit;
  const reading = await gateway.readStage(baseline, account);
  const plans = await gateway.readPlans();
  const tiers = emptyRecord<Limit>();
  for (const [tier, { planId }] of Object.entries(baseline.tiers)) {
    const limit = plans.get(planId);
    if (limit) tiers[tier] = limit;
  }
  const { lowered, left } = loweredLimits({ reading, tiers }, account, baseline);
  const stage = { ...reading, account };
  const names = [...(Object.keys(lowered.stage).length > 0 ? [STAGE] : []), ...lowered.plans.map(({ tier }) => tier)];
  if (names.length === 0) return { stage, lowered, left, ...NOTHING_LOWERED };
  const now = clock.now();
  const handsOff = await handsOffByOperator(dependencies, now);
  return {
    stage,
    lowered,
    left,
    handsOff,
    health: await readHealth(dependencies, now),
    raised: await raised(dependencies, names, now),
  };
}

/** The limits that the fail-safe raised since control's last heartbeat; a silence begins after the heartbeat's minute. */
async function raised({ vitalSigns }: FailSafeDependencies, names: readonly string[], now: EpochMs) {
  const beatMs = await vitalSigns.lastBeat(now);
  return await vitalSigns.raisedSince(names, beatMs === undefined ? 0 : beatMs + MINUTE_MS, now);
}

/** The health of the backend; unknown if CloudWatch does not answer. */
async function readHealth(dependencies: FailSafeDependencies, now: EpochMs): Promise<Health> {
  const { gateway, vitalSigns, baseline, rules } = dependencies;
  try {
    const apiName = await gateway.apiName(baseline.apiId);
    return judgeBackend(await vitalSigns.backend(apiName, rules.objective.latencyPercentile, now), now, rules);
  } catch (error) {
    return { kind: 'unknown', why: describeError(error) };
  }
}

/** Why operators do not want limits changed; undefined if they do not object or Parameter Store does not answer. */
async function handsOffByOperator(dependencies: FailSafeDependencies, now: EpochMs): Promise<string | undefined> {
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
