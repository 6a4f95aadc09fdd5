import type { Stage } from '@aws-sdk/client-api-gateway';
import type { EpochMs } from '../../kernel/quantities.ts';
import type { Enforcement } from '../enforcement/enforcement.ts';
import { StageDoor } from '../enforcement/stage-door.ts';
import type { AccessRecord } from '../telemetry/access-record.ts';
import { RequestIds } from '../telemetry/request-ids.ts';
import { StageTelemetry, type TelemetryPorts } from '../telemetry/stage-telemetry.ts';
import type { DeployedApi } from './deployed-api.ts';
import { EVERY_METHOD } from './method-spelling.ts';

/** The present configuration of a stage. */
export interface StageSource {
  stage(): Stage | undefined;
  deployed(): DeployedApi | undefined;
  planOf(keyId: string): string | undefined;
}

/** One stage of the data plane. HTTP requests and simulated ones share it, and so its buckets, log and metrics. */
export class DeployedStage {
  readonly apiId: string;
  readonly stageName: string;
  readonly source: StageSource;
  readonly door: StageDoor;
  private readonly telemetry: StageTelemetry;
  private readonly ids: RequestIds;

  constructor(
    identity: { apiId: string; stageName: string; apiName: string },
    source: StageSource,
    enforcement: Enforcement,
    ports: TelemetryPorts,
  ) {
    const { apiId, stageName, apiName } = identity;
    this.apiId = apiId;
    this.stageName = stageName;
    this.source = source;
    this.door = new StageDoor(`${apiId}:${stageName}`, enforcement, source);
    this.telemetry = new StageTelemetry(ports, apiName, apiId, stageName);
    this.ids = new RequestIds(`${apiId}/${stageName}`);
  }

  /** A record for a request that arrives at `startMs`: everything known from the stage, nothing yet of the answer. */
  newRecord(startMs: EpochMs): AccessRecord {
    this.ids.advance();
    return {
      requestId: this.ids.requestId,
      extendedRequestId: this.ids.extendedRequestId,
      startMs,
      endMs: startMs,
      apiId: this.apiId,
      stage: this.stageName,
      deploymentId: this.source.deployed()?.deploymentId ?? '',
      resourceId: undefined,
      resourcePath: undefined,
      httpMethod: '',
      path: '',
      protocol: 'HTTP/1.1',
      status: 0,
      responseLength: undefined,
      errorType: undefined,
      errorMessage: undefined,
      apiKeyId: undefined,
      sourceIp: undefined,
      userAgent: undefined,
      integrationLatencyMs: undefined,
      integrationStatus: undefined,
      backendStatus: undefined,
    };
  }

  /** Gives a record that is used again the ids of the next request. */
  renewIds(record: AccessRecord): void {
    this.ids.advance();
    record.requestId = this.ids.requestId;
    record.extendedRequestId = this.ids.extendedRequestId;
  }

  /** Logs and counts a finished request; visible after `flush`. */
  log(record: AccessRecord): void {
    const stage = this.source.stage();
    // Detailed metrics are switched for all methods at once here.
    const isDetailed = stage?.methodSettings?.[EVERY_METHOD]?.metricsEnabled ?? false;
    this.telemetry.add(record, stage?.accessLogSettings, isDetailed);
  }

  flush(): void {
    this.telemetry.flush(this.source.stage()?.accessLogSettings);
  }
}
