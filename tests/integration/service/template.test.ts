import { readFileSync } from 'node:fs';
import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';
import { policySchema } from '../../../shared/policy/schema/policy-schema.ts';
import { EXCUSED, objectivesOf, ofType, packagedTemplate, type Template } from '../../support/template.ts';

let template: Template;
beforeAll(async () => {
  template = await packagedTemplate();
}, 60_000);

describe('the packaged template, checked by AWS’s own validator', () => {
  it('has no finding at WARN or above but those excused', () => {
    const engine = new CelEngine();
    try {
      const report = engine.validateStandard(new TemplateFile(template.path), { severityLevel: 'WARN' });
      const findings = report.diagnostics
        .filter(({ ruleId }) => !(ruleId in EXCUSED))
        .map(({ ruleId, message, entity }) => `${ruleId} ${entity?.logicalId}: ${message}`);
      expect(report.metadata.resourcesScanned).toBeGreaterThan(60);
      expect(findings).toEqual([]);
    } finally {
      engine.free();
    }
  });
});

describe('the packaged template, where that validator is blind', () => {
  it.each(['ComparisonOperator', 'EvaluationPeriods', 'Threshold', 'TreatMissingData'])(
    'every alarm has %s',
    (property) => {
      const without = ofType(template, 'AWS::CloudWatch::Alarm').filter(([, alarm]) => !(property in alarm));
      expect(without).toEqual([]);
    },
  );

  it('every alarm has one statistic, a period CloudWatch takes, a runbook, and notifies the topic both ways', () => {
    for (const [name, alarm] of ofType(template, 'AWS::CloudWatch::Alarm')) {
      const kinds = ['Statistic', 'ExtendedStatistic', 'Metrics'].filter((kind) => kind in alarm);
      expect([name, kinds]).toEqual([name, [expect.any(String)]]);
      for (const period of periodsOf(alarm)) {
        expect([name, [10, 20, 30].includes(period) || (period > 0 && period % 60 === 0)]).toEqual([name, true]);
      }
      expect(alarm.AlarmDescription).toMatch(/docs\/operations\.md#/);
      expect(alarm.AlarmActions).toEqual([{ Ref: 'AlarmTopic' }]);
      expect(alarm.OKActions).toEqual([{ Ref: 'AlarmTopic' }]);
    }
  });

  it('alarms and fail-safe judge the backend by the objective of the deployed policy', () => {
    const deployed = JSON.parse(readFileSync('config/policies/default.json', 'utf8'));
    const { objective } = policySchema.parse({ ...deployed, api: 'abc/dev' });
    expect(objectivesOf(template)).toEqual({ alarms: objective, failSafe: objective });
  });

  it('no alarm reads a metric that API Gateway does not have', () => {
    const known = ['4XXError', '5XXError', 'Count', 'IntegrationLatency', 'Latency', 'CacheHitCount', 'CacheMissCount'];
    for (const [, alarm] of ofType(template, 'AWS::CloudWatch::Alarm')) {
      if (alarm.Namespace === 'AWS/ApiGateway') expect(known).toContain(alarm.MetricName);
    }
  });

  it('gateway responses are the two 429s, each with Retry-After, CORS and a problem that names its reason', () => {
    const responses = ofType(template, 'AWS::ApiGateway::GatewayResponse');
    expect(responses.map(([, { ResponseType }]) => ResponseType).sort()).toEqual(['QUOTA_EXCEEDED', 'THROTTLED']);
    for (const [, response] of responses) {
      const headers = response.ResponseParameters as Record<string, string>;
      expect(headers['gatewayresponse.header.Retry-After']).toMatch(/^'\d+'$/);
      expect(headers['gatewayresponse.header.Access-Control-Allow-Origin']).toBe("'*'");
      expect(headers['gatewayresponse.header.Content-Type']).toBe("'application/problem+json'");
      const body = (response.ResponseTemplates as Record<string, string>)['application/json'] ?? '';
      expect(JSON.parse(body.replaceAll(/\$context\.[\w.]+/g, 'x'))).toMatchObject({ status: 429, reason: 'x' });
      expect(body).toContain('$context.error.responseType');
    }
  });

  it('every method requires an API key, health included', () => {
    const methods = ofType(template, 'AWS::ApiGateway::Method');
    expect(methods.map(([, { HttpMethod }]) => HttpMethod).sort()).toEqual(['GET', 'GET', 'POST']);
    expect(methods.filter(([, { ApiKeyRequired }]) => ApiKeyRequired !== true)).toEqual([]);
  });

  it('plans have the tiers’ limits, quotas only where asked for, with a period API Gateway takes', async () => {
    const throttles = Object.fromEntries(
      ofType(template, 'AWS::ApiGateway::UsagePlan').map(([name, plan]) => [name, plan.Throttle]),
    );
    expect(throttles).toMatchObject({
      ApiGatewayUsagePlanPremium: { RateLimit: 2000, BurstLimit: 5000 },
      ApiGatewayUsagePlanStandard: { RateLimit: 500, BurstLimit: 1000 },
      ApiGatewayUsagePlanBasic: { RateLimit: 100, BurstLimit: 200 },
    });
    expect(ofType(template, 'AWS::ApiGateway::UsagePlan').filter(([, plan]) => plan.Quota)).toEqual([]);
    const withQuotas = await packagedTemplate(['--param', 'quotas=true']);
    const quotas = ofType(withQuotas, 'AWS::ApiGateway::UsagePlan').map(
      ([, plan]) => plan.Quota as { Limit: number; Period: string },
    );
    expect(quotas.map(({ Limit }) => Limit)).toEqual([1_000_000, 100_000, 10_000, 10_000_000]);
    for (const { Period } of quotas) expect(['DAY', 'WEEK', 'MONTH']).toContain(Period);
  }, 60_000);

  it('packages at a scale that makes rates of plans fractions, and carries every number as it is', async () => {
    const scaled = await packagedTemplate(['--param', 'limitScale=0.025', '--param', 'quotas=false']);
    const throttles = ofType(scaled, 'AWS::ApiGateway::UsagePlan').map(([, { Throttle }]) => Throttle);
    expect(throttles).toEqual([
      { RateLimit: 50, BurstLimit: 125 },
      { RateLimit: 12.5, BurstLimit: 25 },
      { RateLimit: 2.5, BurstLimit: 5 },
      { RateLimit: 5, BurstLimit: 10 },
    ]);
    const [[, deployment] = []] = ofType(scaled, 'AWS::ApiGateway::Deployment');
    expect(deployment?.StageDescription).toMatchObject({
      MethodSettings: [{ ThrottlingRateLimit: 50, ThrottlingBurstLimit: 125 }],
    });
  }, 60_000);

  it('no API key has a value in the template, and no parameter is a secret', () => {
    for (const [, key] of ofType(template, 'AWS::ApiGateway::ApiKey')) expect(key).not.toHaveProperty('Value');
    for (const [, parameter] of ofType(template, 'AWS::SSM::Parameter')) expect(parameter.Type).toBe('String');
  });

  it('the stage has its baseline from the first deploy on', () => {
    const [[, deployment] = []] = ofType(template, 'AWS::ApiGateway::Deployment');
    expect(deployment?.StageDescription).toEqual({
      MethodSettings: [
        {
          ResourcePath: '/*',
          HttpMethod: '*',
          ThrottlingRateLimit: 2000,
          ThrottlingBurstLimit: 5000,
          MetricsEnabled: true,
        },
      ],
    });
  });

  it('every function has a role of its own that names what it may touch', () => {
    const functions = ofType(template, 'AWS::Lambda::Function');
    const roles = functions.map(([, { Role }]) => JSON.stringify(Role));
    expect(new Set(roles).size).toBe(functions.length);
    expect(template.resources).not.toHaveProperty('IamRoleLambdaExecution');
    for (const statement of statementsOf(template)) {
      expect(statement.Effect).toBe('Allow');
      const actions = [statement.Action].flat();
      expect(actions.filter((action) => !KNOWN_ACTIONS.has(action))).toEqual([]);
      if (!actions.includes('cloudwatch:GetMetricData')) expect([statement.Resource].flat()).not.toContain('*');
    }
  });

  it('every function is told exactly the variables that its handler reads', () => {
    const functions = ofType(template, 'AWS::Lambda::Function');
    expect(functions.length).toBeGreaterThan(5);
    for (const [, { Handler, Environment }] of functions) {
      const handler = `${String(Handler).replace(/\.handler$/, '')}.ts`;
      const { Variables } = Environment as { Variables: Record<string, unknown> };
      const told = Object.keys(Variables).filter((name) => !OF_THE_LOGGER.includes(name));
      expect([handler, told.sort()]).toEqual([handler, variablesReadBy(handler).sort()]);
    }
  });

  it('queues, topic, table and log groups are encrypted with the one key, which rotates; every log group forgets', () => {
    const key = { 'Fn::GetAtt': ['EncryptionKey', 'Arn'] };
    expect(ofType(template, 'AWS::KMS::Key').map(([name, { EnableKeyRotation }]) => [name, EnableKeyRotation])).toEqual(
      [['EncryptionKey', true]],
    );
    const keys = (type: string, property: string) => ofType(template, type).map(([, resource]) => resource[property]);
    const queues = keys('AWS::SQS::Queue', 'KmsMasterKeyId');
    const groups = keys('AWS::Logs::LogGroup', 'KmsKeyId');
    expect(queues.length).toBeGreaterThan(2);
    expect(groups.length).toBeGreaterThan(6);
    for (const each of [...queues, ...groups, ...keys('AWS::SNS::Topic', 'KmsMasterKeyId')]) expect(each).toEqual(key);
    expect(keys('AWS::DynamoDB::Table', 'SSESpecification')).toEqual([
      { SSEEnabled: true, SSEType: 'KMS', KMSMasterKeyId: key },
    ]);
    expect(new Set(keys('AWS::Logs::LogGroup', 'RetentionInDays'))).toEqual(new Set([30]));
  });

  it('no role may use the key but through the service that holds what it reads', () => {
    const uses = statementsOf(template).filter(({ Action }) =>
      [Action].flat().some((action) => action.startsWith('kms:')),
    );
    expect(uses.length).toBeGreaterThan(5);
    for (const { Condition } of uses) expect(Condition).toHaveProperty(['StringEquals', 'kms:ViaService']);
  });

  it('the deployment bucket blocks public access', () => {
    expect(ofType(template, 'AWS::S3::Bucket').map(([, bucket]) => bucket.PublicAccessBlockConfiguration)).toEqual([
      { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true, RestrictPublicBuckets: true },
    ]);
  });

  it('no function reserves concurrency unless a parameter asks for it', () => {
    const reserving = ofType(template, 'AWS::Lambda::Function').filter(
      ([, each]) => 'ReservedConcurrentExecutions' in each,
    );
    expect(reserving).toEqual([]);
  });

  it('whatever can lose an event has a dead-letter queue', () => {
    for (const [name, rule] of ofType(template, 'AWS::Events::Rule')) {
      if (!('EventPattern' in rule)) continue;
      const targets = rule.Targets as { DeadLetterConfig?: unknown }[];
      expect([name, targets.every(({ DeadLetterConfig }) => DeadLetterConfig !== undefined)]).toEqual([name, true]);
    }
    const [, planWrites] = ofType(template, 'AWS::SQS::Queue').find(([name]) => name === 'PlanWrites') ?? [];
    expect(planWrites).toHaveProperty('RedrivePolicy');
  });

  it('every function that events or logs invoke sends what it gave up to the dead letters', () => {
    const invoked = ofType(template, 'AWS::Lambda::Permission')
      .filter(([, { Principal }]) => /\b(events|logs)\b/.test(JSON.stringify(Principal)))
      .map(([, { FunctionName }]) => (FunctionName as { 'Fn::GetAtt': [string, string] })['Fn::GetAtt'][0]);
    const sending = ofType(template, 'AWS::Lambda::EventInvokeConfig')
      .filter(([, { DestinationConfig }]) =>
        JSON.stringify(DestinationConfig).includes('{"Fn::GetAtt":["DeadLetters","Arn"]}'),
      )
      .map(([, { FunctionName }]) => (FunctionName as { Ref: string }).Ref);
    expect(new Set(invoked).size).toBe(4);
    expect(sending.toSorted()).toEqual([...new Set(invoked)].toSorted());
  });
});

/** Read by Powertools' logger by itself, so that every function has them. */
const OF_THE_LOGGER = ['POWERTOOLS_SERVICE_NAME', 'POWERTOOLS_LOG_LEVEL'];

/** The variables that a handler reads, those that Lambda sets left out: in what is deployed only handlers read any. */
function variablesReadBy(handler: string): string[] {
  const text = readFileSync(handler, 'utf8');
  const lists = [...text.matchAll(/readEnvironment\(\[([^\]]*)\]/g)].map(([, list = '']) => list);
  const single = [...text.matchAll(/requireVariable\(('\w+')|process\.env\.(\w+)/g)].map(
    ([, quoted, bare]) => quoted ?? `'${bare}'`,
  );
  const names = [...lists, ...single].join().matchAll(/'(\w+)'/g);
  return [...names].flatMap(([, name = '']) => (name.startsWith('AWS_') ? [] : [name]));
}

interface Statement {
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

/** An alarm's own period, or those of the metrics that its expression reads. */
function periodsOf({ Period, Metrics = [] }: Readonly<Record<string, unknown>>): number[] {
  const queries = Metrics as { MetricStat?: { Period: number } }[];
  return queries.length === 0 ? [Number(Period)] : queries.flatMap(({ MetricStat }) => MetricStat?.Period ?? []);
}

const statementsOf = (from: Template): Statement[] =>
  ofType(from, 'AWS::IAM::Role').flatMap(([, role]) =>
    (role.Policies as { PolicyDocument: { Statement: Statement[] } }[]).flatMap(
      (policy) => policy.PolicyDocument.Statement,
    ),
  );

/** Actions that exist and that we mean to use; a misspelt one would be a permission that is silently missing. */
const KNOWN_ACTIONS = new Set(
  [
    'apigateway: GET PATCH',
    'cloudwatch: GetMetricData',
    'dynamodb: GetItem PutItem UpdateItem DeleteItem Query BatchGetItem BatchWriteItem',
    'events: PutEvents',
    'kms: Decrypt GenerateDataKey',
    'logs: CreateLogGroup CreateLogStream PutLogEvents',
    'sqs: SendMessage ReceiveMessage DeleteMessage GetQueueAttributes',
    'ssm: GetParameter GetParametersByPath GetParameterHistory',
  ].flatMap((line) => {
    const [service, names = ''] = line.split(': ');
    return names.split(' ').map((name) => `${service}:${name}`);
  }),
);
