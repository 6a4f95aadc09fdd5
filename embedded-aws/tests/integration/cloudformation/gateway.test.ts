import {
  APIGatewayClient,
  GetDeploymentsCommand,
  GetRestApisCommand,
  GetStageCommand,
  GetStagesCommand,
  GetUsagePlansCommand,
  UpdateStageCommand,
} from '@aws-sdk/client-api-gateway';
import type { Cloud } from '../../../cloud.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';
import { Deployer } from '../../support/cloudformation/deployer.ts';

let cloud: Cloud;
let failures: unknown[];
let deployer: Deployer;
let gateway: APIGatewayClient;

beforeEach(async () => {
  ({ cloud, failures } = await startCloud());
  deployer = new Deployer(cloud);
  gateway = new APIGatewayClient(clientOptions(cloud));
});
afterEach(async () => {
  gateway.destroy();
  deployer.client.destroy();
  await cloud.close();
  expect(failures).toEqual([]);
});

interface Variant {
  readonly deployment: string;
  readonly rateRps?: number;
  readonly planRps?: number;
  /** Further resources, in YAML. */
  readonly more?: string;
}

const template = ({ deployment, rateRps = 2000, planRps = 100, more = '' }: Variant) => `
Resources:
  Api: { Type: AWS::ApiGateway::RestApi, Properties: { Name: shop, Policy: '' } }
  Things:
    Type: AWS::ApiGateway::Resource
    Properties: { RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: things }
  GetThings:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !Ref Things
      HttpMethod: GET
      AuthorizationType: NONE
      ApiKeyRequired: true
      Integration:
        Type: AWS_PROXY
        IntegrationHttpMethod: POST
        Uri: !Sub arn:aws:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:f/invocations
  Throttled:
    Type: AWS::ApiGateway::GatewayResponse
    Properties: { RestApiId: !Ref Api, ResponseType: THROTTLED, StatusCode: 429 }
  ${deployment}:
    Type: AWS::ApiGateway::Deployment
    DependsOn: GetThings
    Properties:
      RestApiId: !Ref Api
      StageName: dev
      StageDescription:
        MethodSettings:
          - { ResourcePath: /*, HttpMethod: '*', ThrottlingRateLimit: ${rateRps}, ThrottlingBurstLimit: 5000 }
          - { ResourcePath: /~1things, HttpMethod: GET, ThrottlingRateLimit: 7 }
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    DependsOn: ${deployment}
    Properties:
      UsagePlanName: basic
      ApiStages: [{ ApiId: !Ref Api, Stage: dev }]
      Throttle: { RateLimit: ${planRps}, BurstLimit: 200 }
      Quota: { Limit: 1000, Period: MONTH }
  Key:
    Type: AWS::ApiGateway::ApiKey
    DependsOn: ${deployment}
    Properties: { Name: one, Enabled: true, StageKeys: [{ RestApiId: !Ref Api, StageName: dev }] }
  PlanKey:
    Type: AWS::ApiGateway::UsagePlanKey
    Properties: { KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan }
${more}
Outputs:
  Api: { Value: !Ref Api }
`;

const getStage = async () =>
  gateway.send(new GetStageCommand({ restApiId: (await deployer.physicalIds()).Api, stageName: 'dev' }));

test('a deployment creates the stage with its baseline in force', async () => {
  const stack = await deployer.create(template({ deployment: 'Deployment1' }));
  const ids = await deployer.physicalIds();
  expect(stack.Outputs).toEqual([{ OutputKey: 'Api', OutputValue: ids.Api }]);
  const stage = await getStage();
  expect(stage.deploymentId).toBe(ids.Deployment1);
  expect(stage.methodSettings).toMatchObject({
    '*/*': { throttlingRateLimit: 2000, throttlingBurstLimit: 5000 },
    '~1things/GET': { throttlingRateLimit: 7, throttlingBurstLimit: 5000 },
  });
  const { items } = await gateway.send(new GetUsagePlansCommand({}));
  expect(items).toMatchObject([
    { name: 'basic', throttle: { rateLimit: 100, burstLimit: 200 }, quota: { limit: 1000 } },
  ]);
});

test('a new deployment repoints the stage, which survives the old one', async () => {
  await deployer.create(template({ deployment: 'Deployment1' }));
  const before = await deployer.physicalIds();
  await deployer.update(template({ deployment: 'Deployment2' }));
  const after = await deployer.physicalIds();
  expect((await getStage()).deploymentId).toBe(after.Deployment2);
  const { items } = await gateway.send(new GetDeploymentsCommand({ restApiId: after.Api }));
  expect(items?.map(({ id }) => id)).toEqual([after.Deployment2]);
  expect(after.Deployment2).not.toBe(before.Deployment1);
  expect(after.Plan).toBe(before.Plan);
});

test('an adapted limit survives a deploy that does not touch it', async () => {
  await deployer.create(template({ deployment: 'Deployment1' }));
  const { Api: restApiId } = await deployer.physicalIds();
  const patchOperations = [{ op: 'replace' as const, path: '/*/*/throttling/rateLimit', value: '900' }];
  await gateway.send(new UpdateStageCommand({ restApiId, stageName: 'dev', patchOperations }));
  await deployer.update(template({ deployment: 'Deployment1', planRps: 50 }));
  expect((await getStage()).methodSettings?.['*/*']?.throttlingRateLimit).toBe(900);
  const { items } = await gateway.send(new GetUsagePlansCommand({}));
  expect(items?.[0]?.throttle).toEqual({ rateLimit: 50, burstLimit: 200 });
});

test('a new deployment puts the stage back to its baseline', async () => {
  await deployer.create(template({ deployment: 'Deployment1' }));
  const { Api: restApiId } = await deployer.physicalIds();
  const patchOperations = [{ op: 'replace' as const, path: '/*/*/throttling/rateLimit', value: '900' }];
  await gateway.send(new UpdateStageCommand({ restApiId, stageName: 'dev', patchOperations }));
  await deployer.update(template({ deployment: 'Deployment2' }));
  expect((await getStage()).methodSettings?.['*/*']?.throttlingRateLimit).toBe(2000);
});

test('an update that fails points the stage back to the deployment before', async () => {
  await deployer.create(template({ deployment: 'Deployment1' }));
  const before = await deployer.physicalIds();
  const more = '  Wrong: { Type: AWS::SQS::Queue, DependsOn: Deployment2, Properties: { VisibilityTimeout: -1 } }';
  await deployer.update(template({ deployment: 'Deployment2', more }), 'UPDATE_ROLLBACK_COMPLETE');
  expect((await getStage()).deploymentId).toBe(before.Deployment1);
  expect(await deployer.physicalIds()).toEqual(before);
});

test('deleting the stack leaves nothing, stages still in plans included', async () => {
  await deployer.create(template({ deployment: 'Deployment1' }));
  await deployer.delete();
  const plans = await gateway.send(new GetUsagePlansCommand({}));
  const apis = await gateway.send(new GetRestApisCommand({}));
  expect([...(plans.items ?? []), ...(apis.items ?? [])]).toEqual([]);
});

test('an explicit stage has its log settings, tags and a name of its own', async () => {
  const more = `
  Logs: { Type: AWS::Logs::LogGroup, Properties: { LogGroupName: /access } }
  Plain: { Type: AWS::ApiGateway::Deployment, DependsOn: GetThings, Properties: { RestApiId: !Ref Api } }
  Named:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Plain
      StageName: live
      AccessLogSetting: { DestinationArn: !GetAtt Logs.Arn, Format: '{"id":"$context.requestId"}' }
      Variables: { color: blue }`;
  await deployer.create(template({ deployment: 'Deployment1', more }));
  const { Api: restApiId } = await deployer.physicalIds();
  const { item = [] } = await gateway.send(new GetStagesCommand({ restApiId }));
  const live = item.find(({ stageName }) => stageName === 'live');
  expect(live).toMatchObject({
    accessLogSettings: { destinationArn: 'arn:aws:logs:us-east-1:123456789012:log-group:/access' },
    variables: { color: 'blue' },
    tags: { 'aws:cloudformation:logical-id': 'Named', 'aws:cloudformation:stack-name': 'stack' },
  });
  expect(item.find(({ stageName }) => stageName === 'dev')).not.toHaveProperty('tags');
});
