import type { Call, Operation, Service } from '@tidegate/embedded-aws/kernel';
import { EmbeddedAws, SimulationClock } from '@tidegate/embedded-aws/kernel';
import type { RehearsalCloud } from '../../../rehearsal/run/deployed-stack.ts';
import { BucketGateway } from './bucket-gateway.ts';
import { CONTRACTS } from './run-world.ts';

const service = (name: string, operations: Record<string, (input: never, call: Call) => unknown>): Service => ({
  name,
  operations: operations as Record<string, Operation>,
});

const BASELINE = {
  apiId: 'api1',
  stage: 'dev',
  stageLimit: { rateRps: 2000, burst: 5000 },
  tiers: Object.fromEntries(
    Object.entries(CONTRACTS).map(([tier, limit]) => [tier, { ...limit, planId: `plan-${tier}` }]),
  ),
};

interface StoredDecision {
  readonly sk: { S: string };
  readonly kind: { S: string };
  readonly decision: { S: string };
}

/**
 * Just enough of a cloud to rehearse on: it keeps keys, a policy and decisions in memory, and a "controller" of one
 * rule that lowers the stage once, at `brakeAtMs` after the epoch, and raises it again a minute later.
 */
export class MiniatureCloud implements RehearsalCloud {
  readonly clock = new SimulationClock({
    onError: (error) => {
      throw error;
    },
  });
  readonly aws = new EmbeddedAws({ clock: this.clock, seed: 1 });
  readonly traffic = new BucketGateway({ rateRps: 1e6, burst: 1e6 }, { rateRps: 1e6, burst: 1e6 }, false);
  readonly deletedKeys: string[] = [];
  readonly createdKeys: { name: string; planId: string; atMs: number }[] = [];
  readonly invoked: string[] = [];
  parameter: string;
  /** Set when somebody removed the service. */
  isRemoved = false;
  private readonly decisions: StoredDecision[] = [];
  private stageRateRps = 2000;
  private writes = { stageWrites: 5, planWrites: 4, rejectedWrites: 3 };

  readonly gateway = {
    trafficPort: () => ({
      admit: (...request: Parameters<BucketGateway['admit']>) => {
        if (this.isRemoved) throw new RangeError('GET /data is not deployed at api1:dev.');
        return this.traffic.admit(...request);
      },
      finish: (...requests: Parameters<BucketGateway['finish']>) => this.traffic.finish(...requests),
    }),
    limitsInForce: () => ({
      stage: { '*/*': { rateRps: this.stageRateRps, burst: 5000 } },
      tiers: CONTRACTS,
    }),
    writeCounts: () => this.writes,
  };

  constructor(policy: Record<string, unknown>) {
    this.parameter = JSON.stringify(policy);
    this.aws.setAuthorize(() => undefined);
    for (const one of this.services()) this.aws.install(one);
  }

  /** Lowers the stage at `brakeAtMs` and lets go a minute later. */
  schedule(brakeAtMs: number): void {
    this.clock.every(60_000, 0, () => {
      const nowMs = this.clock.now();
      if (nowMs === brakeAtMs) this.decide('brake', 500);
      else if (nowMs === brakeAtMs + 60_000) this.decide('restore', 2000);
      else this.decide('hold', this.stageRateRps);
    });
  }

  private decide(kind: string, stageRateRps: number): void {
    const atMs = this.clock.now();
    if (stageRateRps !== this.stageRateRps) this.writes = { ...this.writes, stageWrites: this.writes.stageWrites + 1 };
    this.stageRateRps = stageRateRps;
    const decision = { atMs, kind, rule: `rule-${kind}`, reason: `Because of ${kind}.` };
    const sk = { S: `${new Date(atMs).toISOString()}#1` };
    this.decisions.push({ sk, kind: { S: kind }, decision: { S: JSON.stringify(decision) } });
  }

  private services(): Service[] {
    const Variables = {
      STATE_TABLE: 'state',
      PARAMETER_PREFIX: '/tidegate/dev',
      TIDEGATE_BASELINE: JSON.stringify(BASELINE),
    };
    return [
      service('lambda', {
        GetFunction: () => {
          if (this.isRemoved) throw new Error('Function not found.');
          return { Configuration: { Environment: { Variables } } };
        },
        Invoke: ({ FunctionName }: { FunctionName: string }) => this.invoked.push(FunctionName),
      }),
      service('apigateway', {
        CreateApiKey: ({ name }: { name: string }) => ({ id: `id-${name}` }),
        DeleteApiKey: ({ apiKey }: { apiKey: string }) => {
          this.deletedKeys.push(apiKey);
          return {};
        },
        CreateUsagePlanKey: (input: { usagePlanId: string; keyId: string }) => {
          this.createdKeys.push({ name: input.keyId, planId: input.usagePlanId, atMs: this.clock.now() });
          return {};
        },
      }),
      service('ssm', {
        GetParameter: () => ({ Parameter: { Value: this.parameter } }),
        PutParameter: ({ Value }: { Value: string }) => {
          this.parameter = Value;
          return {};
        },
      }),
      service('dynamodb', { Query: (input: never) => this.query(input) }),
    ];
  }

  /** Two items a page, so that paging is seen to work. */
  private query(input: { ExpressionAttributeValues: { ':pk'?: { S: string }; ':last': { S: string } } }) {
    const values = input.ExpressionAttributeValues;
    if (values[':pk']?.S !== 'DECISION#api1/dev') return { Items: [] };
    const found = this.decisions.filter(({ sk }) => sk.S > values[':last'].S);
    return { Items: found.slice(0, 2), ...(found.length > 2 && { LastEvaluatedKey: {} }) };
  }
}
