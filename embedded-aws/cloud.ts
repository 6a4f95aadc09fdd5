import { CloudFormationService } from './cloudformation/cloudformation-service.ts';
import { handleUserRequest } from './gateway/request/data-plane.ts';
import { HANDSHAKE_PATH, handshake } from './http/handshake.ts';
import { CloudServer, isUserRequest } from './http/server.ts';
import { authorizer } from './iam/authorize.ts';
import { EmbeddedAws } from './kernel/aws.ts';
import { SimulationClock } from './kernel/simulation-clock.ts';
import type { LocalEndpoint } from './runtime/local-http.ts';
import { ApiGatewayService } from './services/apigateway/apigateway-service.ts';
import { CloudTrail } from './services/cloudtrail.ts';
import { CloudWatchService } from './services/cloudwatch/cloudwatch-service.ts';
import { DynamoDbService } from './services/dynamodb/dynamodb-service.ts';
import { EcrService } from './services/ecr.ts';
import { EventsService } from './services/events/events-service.ts';
import { IamService } from './services/iam/iam-service.ts';
import { KmsService } from './services/kms/kms-service.ts';
import { LambdaService } from './services/lambda/lambda-service.ts';
import { LogsService } from './services/logs/logs-service.ts';
import { S3Service } from './services/s3/s3-service.ts';
import { SnsService } from './services/sns/sns-service.ts';
import { SqsService } from './services/sqs/sqs-service.ts';
import { SsmService } from './services/ssm/ssm-service.ts';
import { StsService } from './services/sts.ts';
import { Wire } from './wire/wire.ts';

/** Where local clouds are known to listen. */
export const DEFAULT_PORT = 4566;

export interface CloudOptions {
  /** Everything random in the cloud follows from it. */
  readonly seed: number;
  /** Shared with the driver of a rehearsal; by default the wall clock. */
  readonly clock?: SimulationClock;
  /** TCP port on the loopback interface; 0 takes any free one. Default 4566. */
  readonly port?: number;
  /** Whether somebody plays an incident on the cloud at present; `npm run remove` then refuses. Default: nobody. */
  readonly isPlaying?: () => boolean;
  /** Receives what went wrong in scheduled work, which has no caller to tell. Default: standard error. */
  readonly onError?: (error: unknown) => void;
}

export type Cloud = Awaited<ReturnType<typeof createCloud>>;

/** Builds the embedded AWS, all services installed, and starts its HTTP endpoint. */
export async function createCloud(options: CloudOptions) {
  const onError = options.onError ?? ((error: unknown) => console.error(error));
  const clock = options.clock ?? new SimulationClock({ onError });
  const aws = new EmbeddedAws({ clock, seed: options.seed });
  let endpoint = '';
  const services = createServices(aws, () => endpoint, {
    get origin() {
      return endpoint;
    },
    accepts: (target) => !isUserRequest(target),
    exchange: (request) => server.exchange(request),
  });
  for (const service of Object.values(services)) aws.install(service);
  aws.setAuthorize(authorizer(services.iam));
  const wire = new Wire({ aws, roleOf: (functionName) => services.lambda.roleOf(functionName) });
  const server = new CloudServer({
    management: async (request) =>
      request.path === HANDSHAKE_PATH ? handshake(options.isPlaying?.() ?? false) : wire.handle(request),
    dataPlane: (request, response) => handleUserRequest({ apiGateway: services.apigateway }, request, response),
  });
  endpoint = await server.listen(options.port ?? DEFAULT_PORT);
  const close = async () => {
    clock.stop();
    services.lambda.close();
    await server.close();
  };
  return { aws, clock, server, endpoint, services, close };
}

/** Every service with the ports it has on the others; the endpoint is known once the server listens. */
function createServices(aws: EmbeddedAws, endpoint: () => string, localEndpoint: LocalEndpoint) {
  const events = new EventsService(aws, { endpoint });
  const cloudWatch = new CloudWatchService(aws, events);
  const logs = new LogsService(aws, cloudWatch);
  const record: CloudWatchService['record'] = (sample) => cloudWatch.record(sample);
  const sqs = new SqsService(aws, { record, endpoint });
  const watchQueue: SqsService['watch'] = (queueArn, onArrival) => sqs.watch(queueArn, onArrival);
  return {
    sts: new StsService(),
    iam: new IamService(aws),
    kms: new KmsService(aws),
    s3: new S3Service(aws),
    dynamodb: new DynamoDbService(aws),
    ecr: new EcrService(),
    cloudformation: new CloudFormationService(aws, events),
    cloudWatch,
    logs,
    ssm: new SsmService(aws, events),
    events,
    sqs,
    sns: new SnsService(aws, { endpoint }),
    lambda: new LambdaService(aws, { record, endpoint, localEndpoint: () => localEndpoint, watchQueue }),
    apigateway: new ApiGatewayService(aws, { logs, metrics: cloudWatch, trail: new CloudTrail(aws, events) }),
  };
}
