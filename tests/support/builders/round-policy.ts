import { type Policy, policySchema } from '../../../shared/policy/schema/policy-schema.ts';

type Section = Readonly<Record<string, unknown>>;

/** Round numbers that tests calculate with. They are set here so that tests stay true when defaults are tuned. */
const ROUND: Readonly<Record<string, Section>> = {
  objective: { latencyMs: 500, errorShare: 0.05, latencyPercentile: 90 },
  tracker: {
    aimShare: 0.9,
    drainShare: 0.5,
    drainErrorSeconds: 10,
    backlogGrowthShare: 0.03,
    mostGrowthShare: 0.15,
    cutFloorShare: 0.25,
    cutCeilingShare: 0.95,
    drainingFactor: 1.1,
    reliefShare: 0.9,
    uselessCuts: 3,
    afterProbeShare: 0.98,
    probeHarmShare: 0.8,
    freshToleranceSeconds: 1,
    firstProbeShare: 0.02,
    roughProbeShare: 0.12,
    probeGrowthFactor: 2,
    probeQueueSeconds: 0.6,
    largeStepShare: 0.1,
    planLeadFactor: 1.3,
    tightBracketShare: 0.04,
    reachedFactor: 1.05,
    promptSeconds: 20,
    beliedRoomShare: 0.75,
    badAgeSeconds: 120,
    badAgeMaxSeconds: 300,
    plateauMemorySeconds: 3600,
    utilisationGateShare: 0.9,
    easeShare: 0.03,
    // At a healthy 100 ms: the knee at 120, watched from 150, a queue from 170, congested from 400 ms.
    kneeFactor: 1.2,
    watchFactor: 1.5,
    queueFactor: 1.7,
    congestedFactor: 4,
    objectiveShare: 0.5,
    unreachableFactor: 1.25,
    severeFactor: 10,
    kneeStepShare: 0.1,
    minimumSamples: 20,
    errorTestCutShare: 0.1,
    errorMemorySeconds: 600,
    errorTestLeastFallShare: 0.05,
    errorTestDecisiveShare: 0.5,
    slackGainShare: 0.2,
    slackMaxFactor: 1.1,
    slackTellingShare: 0.8,
  },
  guardrails: {
    largestStepUpShare: 0.5,
    largestStepDownShare: 0.9,
    raiseCooldownSeconds: 20,
    unneededRaiseCooldownSeconds: 90,
    ignoreChangeShare: 0.03,
    ignoreShiftShare: 0.15,
    planWriteSeconds: 20,
  },
  demand: { restoreBelowShare: 0.9, plansHoldShare: 1, planAimShare: 0.98, worthShare: 0.01, jumpDeviations: 2.5 },
  guard: { burstShare: 0.03, leastBurstRequests: 25 },
  blind: { afterSeconds: 120, fallbackAfterSeconds: 900 },
};

/** A policy of round numbers; `change` overrides single fields of its sections. */
export function roundPolicy(change: Readonly<Record<string, unknown>> = {}): Policy {
  const sections = Object.entries(ROUND).map(([name, section]) => [name, { ...section, ...sectionOf(change[name]) }]);
  return policySchema.parse({ api: 'a1/dev', mode: 'enforce', ...change, ...Object.fromEntries(sections) });
}

function sectionOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
