import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';

/**
 * The values of serverless.yml that are computed rather than written: plans, keys and the baseline from
 * `tiers.yml` and `stage.yml`. `--param limitScale=0.05` multiplies every limit (a rehearsal in small), and
 * `--param quotas=true` deploys the monthly quotas (the default on stage `prod` only).
 */
export default async function deploymentValues({ resolveVariable }) {
  const [serviceName, stageName] = [await resolveVariable('self:service'), await resolveVariable('sls:stage')];
  const scale = positiveNumber('limitScale', await resolveVariable('param:limitScale'));
  const withQuotas = String(await resolveVariable('param:quotas')) === 'true';
  const tiers = parse(await readFile(new URL('tiers.yml', import.meta.url), 'utf8'));
  const stage = scaled(parse(await readFile(new URL('stage.yml', import.meta.url), 'utf8')), scale);
  const policy = JSON.parse(await readFile(new URL('policies/default.json', import.meta.url), 'utf8'));
  const failSafe = parse(await readFile(new URL('fail-safe.yml', import.meta.url), 'utf8'));
  const names = Object.keys(tiers);
  const concurrency = await resolveVariable('param:backendReservedConcurrency');
  return {
    stage,
    // The hard stop behind best-effort throttles; small accounts cannot reserve any, so it is optional.
    ...(concurrency !== '' && {
      backendReservedConcurrency: positiveNumber('backendReservedConcurrency', concurrency),
    }),
    usagePlans: names.map((name) => ({ [name]: usagePlan(scaled(tiers[name], scale), withQuotas) })),
    apiKeys: names.map((name) => ({ [name]: [{ name: `${serviceName}-${stageName}-${name}-1` }] })),
    baseline: { 'Fn::Sub': JSON.stringify(baseline(names, tiers, stage, stageName, scale)) },
    failSafe: JSON.stringify(failSafe),
    silentMinutes: failSafe.silentMinutes,
    defaultPolicy: { 'Fn::Sub': JSON.stringify({ ...policy, api: `\${ApiGatewayRestApi}/${stageName}` }) },
    planArns: names.map((name) => ({ 'Fn::Sub': `${planArn(name)}` })),
    planKeyArns: names.map((name) => ({ 'Fn::Sub': `${planArn(name)}/keys` })),
    throttleAlarms: Object.fromEntries(
      names.map((name) => [`${logical(name)}ThrottleAlarm`, throttleAlarm(name, serviceName, stageName)]),
    ),
  };
}

const logical = (tier) => tier[0].toUpperCase() + tier.slice(1);
const planArn = (tier) =>
  `arn:\${AWS::Partition}:apigateway:\${AWS::Region}::/usageplans/\${ApiGatewayUsagePlan${logical(tier)}}`;

function positiveNumber(name, value) {
  const number = Number(value);
  if (Number.isFinite(number) && number > 0) return number;
  throw new Error(`Parameter ${name}: expected a number above 0, found "${value}". Pass it as --param ${name}=0.05.`);
}

/** API Gateway takes fractional rates; a burst is a whole number of at least 1. */
function scaled(limit, scale) {
  return { ...limit, rateRps: limit.rateRps * scale, burst: Math.max(1, Math.round(limit.burst * scale)) };
}

function usagePlan({ rateRps, burst, quota }, withQuotas) {
  return { throttle: { rateLimit: rateRps, burstLimit: burst }, ...(withQuotas && { quota: { ...quota, offset: 0 } }) };
}

function baseline(names, tiers, stageLimit, stageName, scale) {
  const tierBaseline = (name) => {
    const { rateRps, burst } = scaled(tiers[name], scale);
    return { planId: `\${ApiGatewayUsagePlan${logical(name)}}`, rateRps, burst };
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
