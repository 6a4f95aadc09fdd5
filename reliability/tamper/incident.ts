import { parseFault } from '@tidegate/embedded-aws/faults';
import { DEVELOPER, type Interceptor } from '@tidegate/embedded-aws/kernel';
import { functionName } from '../../rehearsal/run/deployed-stack.ts';
import { CAPACITY_RPS, type Scene } from '../faults/scene.ts';
import { restoreLimits, type Snapshot, takeSnapshot } from '../overlap/cloud-snapshot.ts';
import { eventOf } from '../overlap/triggers.ts';

const CALM_SECONDS = 180;
const MINUTE_MS = 60_000;
/** Where in its minute every play begins: well after the scheduled tick, so that a surge does not meet one by chance. */
const PHASE_MS = 20_000;

/** A surge, and everything that operators, strangers and AWS itself can do meanwhile. */
export class Incident {
  private readonly scene: Scene;
  private isOverlapDue = false;

  constructor(scene: Scene) {
    this.scene = scene;
  }

  async play(): Promise<void> {
    const { scene } = this;
    const before = await takeSnapshot(scene);
    await this.live(60);
    await this.editByHand('basic', 4);
    await this.live(70);
    await this.put('overrides/default', { action: 'resume' });
    await this.put('policies/default', { ...this.policy(), drift: { human: 'adopt' } });
    await this.live(20);
    await this.editByHand('standard', 20);
    await this.live(60);
    await this.putText('policies/default', '{"mode": "enforce"');
    await this.putText('overrides/default', '{"action": "stop"}');
    await this.put('policies/default', { ...this.policy(), rollback: { heldSeconds: 60, violatedSeconds: 10 } });
    await this.live(15);
    scene.load.capacityRps = CAPACITY_RPS.troubled;
    this.isOverlapDue = true;
    await this.live(45);
    scene.injector.add(parseFault('apigateway.UpdateStage:throttle*1'));
    await this.put('overrides/default', this.pin());
    await this.live(70);
    await this.damagePause();
    await this.putText('switch', 'pause');
    await this.live(65);
    await this.putText('switch', 'run');
    await this.put('overrides/default', { action: 'kill' });
    await this.live(30);
    await this.comeToRest(before);
  }

  /** Another look, while the first one is at work: it finds the lease taken and leaves word. */
  readonly overlap: Interceptor = async (service, operation, input, run, caller) => {
    const isControl = caller.kind === 'function' && caller.functionName === functionName('control');
    if (this.isOverlapDue && isControl && service === 'apigateway' && operation === 'GetStage') {
      this.isOverlapDue = false;
      const Payload = Buffer.from(JSON.stringify(eventOf(this.scene, 'schedule')));
      await this.call('lambda', 'Invoke', { FunctionName: functionName('control'), Payload });
    }
    return await run(input);
  };

  /** Resets everything except the deployment, so that every play begins at rest with every limit at its baseline. */
  private async comeToRest(before: Snapshot): Promise<void> {
    const { scene } = this;
    const { clock } = scene.cloud;
    scene.load.capacityRps = CAPACITY_RPS.normal;
    await this.remove('overrides/default');
    await this.remove('policies/default');
    await this.live(10);
    await this.put('policies/default', this.policy());
    await this.put('overrides/default', { action: 'resume' });
    await this.live(30);
    const now = await takeSnapshot(scene);
    for (const { pk, sk } of now.items.values())
      await this.call('dynamodb', 'DeleteItem', { TableName: scene.service.stateTable, Key: { pk, sk } });
    await restoreLimits(scene, before.limits, now.limits);
    await this.call('lambda', 'Invoke', { FunctionName: functionName('keyDirectory'), InvocationType: 'Event' });
    await this.live(CALM_SECONDS);
    await clock.runUntil(Math.ceil((clock.now() - PHASE_MS) / MINUTE_MS) * MINUTE_MS + PHASE_MS);
  }

  private async live(seconds: number): Promise<void> {
    const { clock } = this.scene.cloud;
    await clock.runUntil(clock.now() + seconds * 1000);
  }

  private async call(service: string, operation: string, input: object): Promise<void> {
    await this.scene.cloud.aws.call(DEVELOPER, service, operation, input);
  }

  /** Damages an item, so that control sets it aside. */
  private async damagePause(): Promise<void> {
    const { apiId, stageName, stateTable } = this.scene.service;
    const Item = { pk: { S: `API#${apiId}/${stageName}` }, sk: { S: 'paused' }, atMs: { S: 'never' } };
    await this.call('dynamodb', 'PutItem', { TableName: stateTable, Item });
  }

  private policy(): object {
    const { policy } = this.scene;
    return {
      api: policy.api,
      mode: 'enforce',
      methodCost: policy.methodCost,
      guardrails: { leastRateRps: policy.guardrails.leastRateRps },
    };
  }

  private pin(): object {
    const until = new Date(this.scene.cloud.clock.now() + 60_000).toISOString();
    return { action: 'pin', until, stage: { rateRps: 30, burst: 30 }, tiers: { basic: { rateRps: 2, burst: 2 } } };
  }

  private async remove(name: string): Promise<void> {
    await this.call('ssm', 'DeleteParameter', { Name: `${this.scene.service.parameterPrefix}/${name}` });
  }

  private async put(name: string, document: object): Promise<void> {
    await this.putText(name, JSON.stringify(document));
  }

  private async putText(name: string, Value: string): Promise<void> {
    const Name = `${this.scene.service.parameterPrefix}/${name}`;
    await this.call('ssm', 'PutParameter', { Name, Value, Type: 'String', Overwrite: true });
  }

  /** As an operator does in the console: CloudTrail tells control who it was. */
  private async editByHand(tier: string, rateRps: number): Promise<void> {
    const { cloud, service } = this.scene;
    const { apiId, stageName, tiers } = service;
    cloud.services.apigateway.refillManagementQuotas();
    const replace = (path: string, value: number) => ({ op: 'replace', path, value: String(value) });
    await this.call('apigateway', 'UpdateUsagePlan', {
      usagePlanId: tiers[tier]?.planId,
      patchOperations: [replace('/throttle/rateLimit', rateRps)],
    });
    await this.call('apigateway', 'UpdateStage', {
      restApiId: apiId,
      stageName,
      patchOperations: [replace('/*/*/throttling/rateLimit', 5 * rateRps)],
    });
  }
}
