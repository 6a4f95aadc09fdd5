import { readFile } from 'node:fs/promises';
import { capitalized } from './check-tiers.js';
import { readConfiguration } from './configuration.js';

/**
 * The values of serverless.yml that are computed rather than written: plans, keys and the baseline from
 * `tiers.yml` and `stage.yml`. `--param limitScale=0.05` multiplies every limit (a rehearsal in small), and
 * `--param quotas=true` deploys the monthly quotas (the default on stage `prod` only).
 */
export default async function deploymentValues({ resolveVariable }) {
  const [serviceName, stageName] = [await resolveVariable('self:service'), await resolveVariable('sls:stage')];
  const scale = positiveNumber('limitScale', await resolveVariable('param:limitScale'));
  const withQuotas = String(await resolveVariable('param:quotas')) === 'true';
  const configuration = await readConfiguration();
  const { tiers, policy, failSafe } = configuration;
  const stage = scaled(configuration.stage, scale);
  const objective = { ...(await defaultObjective()), ...policy.objective };
  const names = Object.keys(tiers);
  return {
    stage,
    // Small accounts cannot reserve any concurrency, so that both are optional.
    backendReservedConcurrency: await reservedConcurrency('backendReservedConcurrency', resolveVariable),
    controlReservedConcurrency: await reservedConcurrency('controlReservedConcurrency', resolveVariable),
    usagePlans: usagePlans(tiers, withQuotas),
    planThrottles: Object.fromEntries(names.map((name) => [planLogicalId(name), planThrottle(tiers[name], scale)])),
    apiKeys: names.map((name) => ({ [name]: [{ name: `${serviceName}-${stageName}-${name}-1` }] })),
    baseline: { 'Fn::Sub': JSON.stringify(baseline(names, tiers, stage, stageName, scale)) },
    objective: {
      ...objective,
      latencyStatistic: `p${objective.latencyPercentile}`,
      errorPercent: product(objective.errorShare, 100),
    },
    failSafe: JSON.stringify({ ...failSafe, objective }),
    silentMinutes: failSafe.silentMinutes,
    defaultPolicy: { 'Fn::Sub': JSON.stringify({ ...policy, api: `\${ApiGatewayRestApi}/${stageName}` }) },
    planArns: names.map((name) => ({ 'Fn::Sub': `${planArn(name)}` })),
    planKeyArns: names.map((name) => ({ 'Fn::Sub': `${planArn(name)}/keys` })),
    throttleAlarms: Object.fromEntries(
      names.map((name) => [`${capitalized(name)}ThrottleAlarm`, throttleAlarm(name, serviceName, stageName)]),
    ),
  };
}

/** What holds where the deployed policy states no objective; the policy's schema takes its defaults from there too. */
async function defaultObjective() {
  return JSON.parse(await readFile(new URL('../shared/platform/objective.json', import.meta.url), 'utf8'));
}

const planLogicalId = (tier) => `ApiGatewayUsagePlan${capitalized(tier)}`;
const planArn = (tier) => `arn:\${AWS::Partition}:apigateway:\${AWS::Region}::/usageplans/\${${planLogicalId(tier)}}`;

/** The plans as the framework takes them; a tier need not have a quota. */
export const usagePlans = (tiers, withQuotas) =>
  Object.entries(tiers).map(([name, { quota }]) => ({
    [name]: withQuotas && quota ? { quota: { ...quota, offset: 0 } } : {},
  }));

function positiveNumber(name, value) {
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw new Error(`Parameter ${name}: expected a number above 0, found "${value}". Pass it as --param ${name}=0.05.`);
}

/** How many environments of a function are reserved and are its most; null when the parameter was left out. */
async function reservedConcurrency(name, resolveVariable) {
  const value = await resolveVariable(`param:${name}`);
  if (value === '') return null;
  const number = Number(value);
  if (Number.isInteger(number) && number > 0) return number;
  throw new Error(
    `Parameter ${name}: expected a whole number above 0, found "${value}". Pass it as --param ${name}=10.`,
  );
}

/** The decimal product, without the binary error of `100 * 0.07`, which is 7.000000000000001. */
const product = (value, scale) => Number((value * scale).toPrecision(15));

/** API Gateway takes fractional rates; a burst is a whole number of at least 1. */
function scaled(limit, scale) {
  return {
    ...limit,
    rateRps: product(limit.rateRps, scale),
    burst: Math.max(1, Math.round(product(limit.burst, scale))),
  };
}

/** Extends a plan's resource, for the framework's own setting takes whole rates only. */
function planThrottle(tier, scale) {
  const { rateRps, burst } = scaled(tier, scale);
  return { Properties: { Throttle: { RateLimit: rateRps, BurstLimit: burst } } };
}

function baseline(names, tiers, stageLimit, stageName, scale) {
  const tierBaseline = (name) => {
    const { rateRps, burst } = scaled(tiers[name], scale);
    return { planId: `\${${planLogicalId(name)}}`, rateRps, burst };
  };
  return {
    apiId: `\${ApiGatewayRestApi}`,
    stage: stageName,
    stageLimit,
    tiers: Object.fromEntries(names.map((name) => [name, tierBaseline(name)])),
  };
}

function throttleAlarm(tier, serviceName, stageName) {
  return {
    Type: 'AWS::CloudWatch::Alarm',
    Properties: {
      AlarmName: `${serviceName}-${stageName}-throttles-${tier}`,
      AlarmDescription: `More than one request a second of tier ${tier} is refused by a throttle. See docs/operations.md#throttles`,
      Namespace: 'Tidegate',
      MetricName: 'ThrottleCount',
      Dimensions: [
        { Name: 'Api', Value: { Ref: 'ApiGatewayRestApi' } },
        { Name: 'Stage', Value: stageName },
        { Name: 'Tier', Value: tier },
      ],
      Statistic: 'Sum',
      Period: 60,
      EvaluationPeriods: 1,
      Threshold: 60,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
      AlarmActions: [{ Ref: 'AlarmTopic' }],
      OKActions: [{ Ref: 'AlarmTopic' }],
    },
  };
}
