import { join } from 'node:path';

interface DeploymentValues {
  readonly stage: Limit;
  readonly usagePlans: readonly object[];
  readonly planThrottles: Readonly<
    Record<string, { Properties: { Throttle: { RateLimit: number; BurstLimit: number } } }>
  >;
  readonly baseline: { readonly 'Fn::Sub': string };
}

interface Limit {
  readonly rateRps: number;
  readonly burst: number;
}

/** Plain JavaScript without types, for the framework loads it on any Node that it accepts. */
const FILE = join(__dirname, '../../../config/deployment-values.js');

const DEFAULTS: Readonly<Record<string, unknown>> = {
  'self:service': 'tidegate',
  'sls:stage': 'dev',
  'param:limitScale': 1,
  'param:quotas': false,
  'param:backendReservedConcurrency': '',
  'param:controlReservedConcurrency': '',
};

/** What serverless.yml is given with these deploy parameters, which a command line passes as text. */
async function valuesWith(params: Readonly<Record<string, string>> = {}): Promise<DeploymentValues> {
  const { default: valuesOf } = await import(FILE);
  const resolveVariable = async (name: string) => params[name.replace('param:', '')] ?? DEFAULTS[name];
  return await valuesOf({ resolveVariable });
}

const written = ({ rateRps, burst }: Limit): string => `${rateRps}/${burst}`;

async function limitsAt(limitScale: string) {
  const { stage, planThrottles, baseline } = await valuesWith({ limitScale });
  const deployed = JSON.parse(baseline['Fn::Sub']) as { stageLimit: Limit; tiers: Record<string, Limit> };
  const throttles = Object.values(planThrottles).map(({ Properties }) => Properties.Throttle);
  return {
    stage: written(stage),
    plans: throttles.map(({ RateLimit, BurstLimit }) => `${RateLimit}/${BurstLimit}`),
    baselineStage: written(deployed.stageLimit),
    baselinePlans: Object.values(deployed.tiers).map(written),
  };
}

test.each([
  ['1', '2000/5000', ['2000/5000', '500/1000', '100/200', '200/400']],
  ['0.07', '140/350', ['140/350', '35/70', '7/14', '14/28']],
  ['0.025', '50/125', ['50/125', '12.5/25', '2.5/5', '5/10']],
  ['0.005', '10/25', ['10/25', '2.5/5', '0.5/1', '1/2']],
  ['0.001', '2/5', ['2/5', '0.5/1', '0.1/1', '0.2/1']],
  ['0.0003', '0.6/2', ['0.6/2', '0.15/1', '0.03/1', '0.06/1']],
])(
  'at a limitScale of %s limits are exact, in the template and in the functions’ baseline',
  async (scale, stage, plans) => {
    expect(await limitsAt(scale)).toEqual({ stage, plans, baselineStage: stage, baselinePlans: plans });
  },
);

test('the framework is given no rate of a plan: its schema takes whole numbers only', async () => {
  const { usagePlans } = await valuesWith({ quotas: 'true' });
  expect(usagePlans).toContainEqual({ basic: { quota: { limit: 10_000, period: 'MONTH', offset: 0 } } });
  expect(JSON.stringify(usagePlans)).not.toContain('throttle');
});

test('a tier without a quota has a plan without one, also where quotas are deployed', async () => {
  const { usagePlans } = await import(FILE);
  const quota = { limit: 10, period: 'DAY' };
  const tiers = { gold: { rateRps: 1, burst: 1 }, silver: { rateRps: 1, burst: 1, quota } };
  expect(usagePlans(tiers, true)).toEqual([{ gold: {} }, { silver: { quota: { ...quota, offset: 0 } } }]);
  expect(usagePlans(tiers, false)).toEqual([{ gold: {} }, { silver: {} }]);
});

test('concurrency is reserved for the backend and for control only where a parameter asks for it', async () => {
  expect(await valuesWith()).toMatchObject({ backendReservedConcurrency: null, controlReservedConcurrency: null });
  const reserved = await valuesWith({ backendReservedConcurrency: '100', controlReservedConcurrency: '5' });
  expect(reserved).toMatchObject({ backendReservedConcurrency: 100, controlReservedConcurrency: 5 });
});

test.each([
  [
    'limitScale',
    '0',
    'Parameter limitScale: expected a number above 0, found "0". Pass it as --param limitScale=0.05.',
  ],
  ['limitScale', 'half', 'Parameter limitScale: expected a number above 0, found "half". '],
  [
    'controlReservedConcurrency',
    '2.5',
    'Parameter controlReservedConcurrency: expected a whole number above 0, found "2.5". ',
  ],
  [
    'backendReservedConcurrency',
    '0',
    'Parameter backendReservedConcurrency: expected a whole number above 0, found "0". ',
  ],
])('%s=%s is refused with what was expected', async (name, value, message) => {
  await expect(valuesWith({ [name]: value })).rejects.toThrow(message);
});
