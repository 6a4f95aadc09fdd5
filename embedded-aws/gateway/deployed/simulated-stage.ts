import type { EpochMs } from '../../kernel/quantities.ts';
import { gatewayResponseMessage } from '../request/gateway-response-types.ts';
import type { AccessRecord } from '../telemetry/access-record.ts';
import type { DeployedStage } from './deployed-stage.ts';
import type { Admission, FinishedRequest, GatewayPort, GatewayRequest } from './simulation-port.ts';

/** Simulated traffic at a stage's door: as HTTP requests, but for the integration, which the simulation itself plays. */
export class SimulatedStage implements GatewayPort {
  private readonly stage: DeployedStage;
  /** One record for all lines: a line is rendered before the next request fills it. */
  private readonly record: AccessRecord;

  constructor(stage: DeployedStage) {
    this.stage = stage;
    this.record = stage.newRecord(0);
    this.record.sourceIp = '127.0.0.1';
  }

  admit(request: GatewayRequest, atMs: EpochMs): Admission {
    return this.stage.door.admit(request.keyId, request.verb, request.path, atMs);
  }

  finish(requests: readonly FinishedRequest[]): void {
    this.record.deploymentId = this.stage.source.deployed()?.deploymentId ?? '';
    for (const request of requests) {
      this.fill(request);
      this.stage.log(this.record);
    }
    this.stage.flush();
  }

  private fill(request: FinishedRequest): void {
    const { record } = this;
    this.stage.renewIds(record);
    record.startMs = request.startMs;
    record.endMs = request.endMs;
    record.resourcePath = request.path;
    record.httpMethod = request.verb;
    record.path = `/${this.stage.stageName}${request.path}`;
    record.status = request.status;
    record.errorType = request.errorType;
    record.errorMessage = request.errorType && gatewayResponseMessage(request.errorType);
    record.apiKeyId = request.errorType === 'INVALID_API_KEY' ? undefined : request.keyId;
    record.integrationLatencyMs = request.integrationLatencyMs;
    record.backendStatus = request.backendStatus;
    record.integrationStatus = request.backendStatus === undefined ? undefined : 200;
  }
}
