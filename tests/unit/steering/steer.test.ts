import type { Law } from '../../../shared/law/types.ts';
import type { Limit } from '../../../shared/limits/limit.ts';
import type { Limits } from '../../../shared/limits/limits.ts';
import type { Override } from '../../../shared/policy/schema/override-schema.ts';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import type { ControlRecord } from '../../../shared/state/control-record.ts';
import type { Settings } from '../../../shared/steering/draft.ts';
import type { Governed } from '../../../shared/steering/governed.ts';
import type { Observation } from '../../../shared/steering/observation.ts';
import { steer } from '../../../shared/steering/steer.ts';
import type { Trigger } from '../../../shared/steering/trigger.ts';
import { API, BASELINE, CONCLUSION, T0 } from '../../support/functions/world.ts';

const limit = (rateRps: number, burst = 25): Limit => ({ rateRps, burst });
const limitsOf = (stageRps: number, basicRps: number): Limits => ({
  stage: { '*/*': limit(stageRps) },
  tiers: { basic: limit(basicRps) },
});
const LIVE = limitsOf(1000, 50);
const WANTED = limitsOf(400, 20);

interface Case {
  readonly wanted?: Limits;
  readonly override?: Override;
  /** What control wrote last; the limits in force unless somebody else changed them. */
  readonly written?: Limits;
  readonly law?: Law<unknown>;
  readonly trigger?: Trigger;
  readonly more?: Partial<Observation>;
}

function steered({ wanted = WANTED, override, written = LIVE, law, trigger = 'schedule', more }: Case) {
  const policy = policySchema.parse({ api: 'abc123def4/dev', mode: 'enforce', drift: { unknown: 'hold' } });
  const parameter = override && { override, name: 'o', version: 3, sinceMs: T0 - 1000, by: undefined };
  const governed: Governed = { api: API, policy, name: 'p', version: 1, ...(parameter && { override: parameter }) };
  const asWanted: Law<unknown> = () => ({ state: 'next', conclusion: CONCLUSION, desired: wanted });
  const settings: Settings = { governed, deployed: BASELINE, law: law ?? asWanted };
  return steer({ ...observationOf(written), ...more }, settings, trigger);
}

function observationOf(written: Limits): Observation {
  const writtenMs = T0 - 300_000;
  const record: ControlRecord = {
    law: { state: 'last', seenLogsMs: 0, seenMetricsMs: 0, toldSlowMs: 500, lookedMs: T0 - 60_000 },
    appliedStage: { value: written.stage, writtenMs },
    appliedTiers: { basic: { value: written.tiers.basic ?? limit(1), writtenMs } },
    ...{ drift: undefined, wayBack: undefined, claims: {}, pausedMs: 0, backoffUntilMs: 0, highestFence: 0 },
  };
  return {
    ...{ now: T0, record, desired: undefined, live: LIVE, account: limit(10_000, 5000), keyCounts: undefined },
    reading: { limits: LIVE.stage, settingsKeys: {}, unreadable: {} },
    unread: [],
    evidence: { windows: [], heartbeat: undefined, trust: {}, seenLogsMs: 0, seenMetricsMs: 0 },
  };
}

const ratesOf = ({ decision: { after } }: ReturnType<typeof steered>) => [
  after?.stage['*/*']?.rateRps,
  after?.tiers.basic?.rateRps,
];

describe('who has the last word', () => {
  const changedByOthers = { stage: LIVE.stage, tiers: { basic: limit(70) } };

  test.each<[string, Case, (number | undefined)[], string | undefined]>([
    ['the law, where nobody else speaks', {}, [400, 20], undefined],
    ['the bounds, over the law', { wanted: limitsOf(9000, 500) }, [2000, 100], 'bounds'],
    ['a held limit of somebody else, over the law', { written: changedByOthers }, [400, 50], 'drift-held'],
    ['a kill, over the law', { override: { action: 'kill', floor: limit(5) } }, [5, 50], undefined],
    [
      'a pin, over a held limit of somebody else',
      {
        written: changedByOthers,
        override: { action: 'pin', until: new Date(T0 + 60_000).toISOString(), tiers: { basic: limit(30) } },
      },
      [400, 30],
      undefined,
    ],
    ['a pause, over the law', { override: { action: 'pause' } }, [1000, 50], undefined],
    [
      'an alarm, over raises of the law',
      { wanted: limitsOf(1500, 20), trigger: 'alarm' },
      [1000, 20],
      'alarm-never-relaxes',
    ],
  ])('%s', (_, given, rates, guard) => {
    const steering = steered(given);
    expect(ratesOf(steering)).toEqual(rates);
    if (guard) expect(steering.decision.guard).toBe(guard);
  });
});

test('a pause wants no limit of anybody; a kill is written whatever the mode of the policy', () => {
  expect(steered({ override: { action: 'pause' } }).desired).toBeUndefined();
  expect(steered({ override: { action: 'kill' } }).desired?.stage['*/*']?.rateRps).toBe(100);
});

test('where an alarm finds nothing but raises, nothing is done, and the law forgets the look', () => {
  const steering = steered({ wanted: limitsOf(1500, 60), trigger: 'alarm' });
  expect(steering).toMatchObject({ isFinal: false, decision: { kind: 'hold', after: LIVE } });
});

test('after a silence the law starts afresh from the limits that were found', () => {
  const states: unknown[] = [];
  const law: Law<unknown> = ({ state }) => {
    states.push(state);
    return { state, conclusion: CONCLUSION, desired: WANTED };
  };
  const rules = { sacrificeOrder: [], resting: {}, ignoreChangeShare: 0.05, intervalMs: 0 };
  const desired = { stage: { '*/*': limit(300) }, plans: {}, rules, decidedMs: T0 - 600_000 };
  steered({ law });
  steered({ law, more: { desired } });
  expect(states).toEqual(['last', undefined]);
});

test('a law that cannot use its state decides without', () => {
  const law: Law<unknown> = ({ state, live }) => {
    if (state !== undefined) throw new Error('of another form');
    return { state: 'fresh', conclusion: CONCLUSION, desired: live };
  };
  expect(steered({ law })).toMatchObject({
    lawState: 'fresh',
    unusable: { what: 'state', why: 'Error: of another form' },
  });
});
