import { CelEngine, TemplateFile } from '@aws/cloudformation-validate';
import { GOLD_AND_SILVER, withChangedService } from '../../support/changed-service.ts';
import { EXCUSED, objectivesOf, ofType, packagedTemplate, type Template } from '../../support/template.ts';

/** At the scale at which it is deployed elsewhere, so that it is packaged once. */
const PARAMS = ['--param', 'limitScale=0.05', '--param', 'quotas=false'];

let template: Template;
beforeAll(async () => {
  template = await withChangedService(GOLD_AND_SILVER, (source) => packagedTemplate(PARAMS, source));
}, 120_000);

describe('a service with tiers and methods of its own', () => {
  it('is packaged into a template that AWS’s validator takes', () => {
    const engine = new CelEngine();
    try {
      const { diagnostics } = engine.validateStandard(new TemplateFile(template.path), { severityLevel: 'WARN' });
      expect(diagnostics.filter(({ ruleId }) => !(ruleId in EXCUSED))).toEqual([]);
    } finally {
      engine.free();
    }
  });

  it('has a plan, a key and an alarm for each tier, and nothing that names a tier of ours', () => {
    const names = (type: string) => ofType(template, type).map(([name]) => name);
    expect(names('AWS::ApiGateway::UsagePlan')).toEqual(['ApiGatewayUsagePlanGold', 'ApiGatewayUsagePlanSilver']);
    expect(names('AWS::ApiGateway::ApiKey')).toEqual(['ApiGatewayApiKeyGold1', 'ApiGatewayApiKeySilver1']);
    expect(names('AWS::CloudWatch::Alarm')).toEqual(
      expect.arrayContaining(['GoldThrottleAlarm', 'SilverThrottleAlarm']),
    );
    expect(template.text).not.toMatch(/premium|standard-|basic|internal-|\/data|\/orders/i);
  });

  it('has alarms and a fail-safe that judge by its own objective, the default where it states none', () => {
    const objective = { latencyPercentile: 95, latencyMs: 800, errorShare: 0.05 };
    expect(objectivesOf(template)).toEqual({ alarms: objective, failSafe: objective });
    const { AlarmDescription } = template.resources.BackendLatencyAlarm?.Properties ?? {};
    expect(AlarmDescription).toMatch(/p95 latency is above 800 ms/);
  });

  it('has its gateway responses in the deployed snapshot, whatever its methods are called', () => {
    const [deployment] = Object.values(template.resources).filter(({ Type }) => Type === 'AWS::ApiGateway::Deployment');
    expect(deployment?.DependsOn).toEqual(
      expect.arrayContaining([
        'ApiGatewayMethodItemsGet',
        'ApiGatewayMethodItemsPost',
        'ThrottledResponse',
        'QuotaExceededResponse',
      ]),
    );
  });
});
