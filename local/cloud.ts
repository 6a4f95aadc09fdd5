import { CloudServer } from './http/server.ts';
import { authorizer } from './iam/authorize.ts';
import { EmbeddedAws } from './kernel/aws.ts';
import { SimulationClock } from './kernel/clock.ts';
import { DynamoDbService } from './services/dynamodb/service.ts';
import { IamService } from './services/iam/service.ts';
import { StsService } from './services/sts.ts';
import { Wire } from './wire/wire.ts';

/** Where local clouds are known to listen. */
export const DEFAULT_PORT = 4566;

export interface CloudOptions {
  /** Everything random in the cloud follows from it. */
  readonly seed: number;
  /** Shared with whoever drives a rehearsal; by default the wall's. */
  readonly clock?: SimulationClock;
  /** TCP port on the loopback interface; 0 takes any free one. Default 4566. */
  readonly port?: number;
  /** Receives what went wrong in scheduled work, which has no caller to tell. */
  readonly onError?: (error: unknown) => void;
}

export type Cloud = Awaited<ReturnType<typeof createCloud>>;

/** Builds the embedded AWS, all services installed, and starts its HTTP endpoint. */
export async function createCloud(options: CloudOptions) {
  const clock = options.clock ?? new SimulationClock({ onError: options.onError ?? ((error) => console.error(error)) });
  const aws = new EmbeddedAws({ clock, seed: options.seed });
  const services = createServices(aws);
  for (const service of Object.values(services)) aws.install(service);
  aws.setAuthorize(authorizer(services.iam));
  const wire = new Wire({ aws, roleOf: () => undefined });
  const server = new CloudServer({ management: (request) => wire.handle(request) });
  const endpoint = await server.listen(options.port ?? DEFAULT_PORT);
  const close = async () => {
    clock.stop();
    await server.close();
  };
  return { aws, clock, server, endpoint, services, close };
}

function createServices(aws: EmbeddedAws) {
  return {
    sts: new StsService(),
    iam: new IamService(aws),
    dynamodb: new DynamoDbService(aws),
  };
}
