import type {
  AddPermissionRequest,
  AddPermissionResponse,
  CreateFunctionRequest,
  DeleteFunctionRequest,
  FunctionConfiguration,
  GetFunctionRequest,
  GetFunctionResponse,
  GetPolicyRequest,
  ListFunctionsRequest,
  ListVersionsByFunctionRequest,
  PublishVersionRequest,
  PutFunctionConcurrencyRequest,
  RemovePermissionRequest,
  UpdateFunctionCodeRequest,
  UpdateFunctionConfigurationRequest,
} from '@aws-sdk/client-lambda';
import type { EmbeddedAws, Permission, PolicyDocument, Service } from '../../kernel/aws.ts';
import type { Cancel } from '../../kernel/simulation-clock.ts';
import type { LocalEndpoint } from '../../runtime/local-http.ts';
import { AsyncInvocations } from './async-invocations.ts';
import { eventInvokeConfigOperations } from './event-invoke-configs.ts';
import { eventSourceMappingOperations } from './event-sources/event-source-mapping-operations.ts';
import { EventSourceMappings } from './event-sources/event-source-mappings.ts';
import { ExecutionEnvironment } from './execution-environment.ts';
import { Executor, type LambdaPorts } from './executor.ts';
import { configurationOf, functionArn, invalidParameter, parseFunctionName } from './function-record.ts';
import { FunctionStore } from './function-store.ts';
import { Invoker } from './invoker.ts';
import { addPermission, noPolicy, policyOf, removePermission } from './lambda-permissions.ts';
import { tagOperations } from './tag-operations.ts';

export interface LambdaServicePorts extends LambdaPorts {
  /** Calls back whenever a message of the queue may have become visible. */
  readonly watchQueue: (queueArn: string, onArrival: () => void) => Cancel;
}

/** Lambda: functions from packaged bundles, their invocations and triggers. */
export class LambdaService implements Service {
  readonly name = 'lambda';
  readonly operations: Service['operations'];
  private readonly aws: EmbeddedAws;
  private readonly ports: LambdaServicePorts;
  private readonly store: FunctionStore;
  private readonly executor: Executor;
  private readonly mappings: EventSourceMappings;

  constructor(aws: EmbeddedAws, ports: LambdaServicePorts) {
    this.aws = aws;
    this.ports = ports;
    const store = new FunctionStore(aws);
    const executor = new Executor(aws, ports);
    const queue = new AsyncInvocations(aws, store, executor, { aws, executor, endpoint: ports.endpoint });
    const invoker = new Invoker(aws, store, executor, queue);
    this.store = store;
    this.executor = executor;
    this.mappings = new EventSourceMappings(aws, store, {
      endpoint: ports.endpoint,
      watchQueue: ports.watchQueue,
      versionOf: (arn) => store.version(arn),
      invoke: (arn, event) => invoker.execute(arn, event),
    });
    this.operations = {
      ...this.functionOperations(),
      ...this.versionOperations(),
      ...this.permissionOperations(),
      ...this.concurrencyOperations(),
      ...eventInvokeConfigOperations(aws, store),
      ...eventSourceMappingOperations(this.mappings),
      ...tagOperations(store),
      Invoke: invoker.invoke,
    };
  }

  /** ARN of the role a function runs with; `undefined` for a function that does not exist. */
  roleOf(functionName: string): string | undefined {
    return this.store.find(functionName)?.latest.settings.Role;
  }

  /**
   * An environment of a function beside its own ones, whose calls go through `local`: for who lets several run at the
   * same time and looks at every call. The caller runs it, and kills it in the end.
   */
  openEnvironment(functionName: string, local: LocalEndpoint): ExecutionEnvironment {
    return new ExecutionEnvironment(this.aws, this.store.version(functionName), this.ports.endpoint(), local);
  }

  permission(operation: string, input: unknown): Permission {
    const { FunctionName, Qualifier, Resource } = input as Record<string, string | undefined>;
    const action = operation === 'Invoke' ? 'lambda:InvokeFunction' : `lambda:${operation}`;
    if (!FunctionName) return { action, resources: [Resource ?? '*'] };
    const { name, qualifier } = parseFunctionName(FunctionName);
    return { action, resources: [functionArn(name, Qualifier ?? qualifier)] };
  }

  resourcePolicy(_operation: string, input: unknown): PolicyDocument | undefined {
    const { FunctionName = '' } = input as { FunctionName?: string };
    const record = this.store.find(FunctionName);
    return record && policyOf(record);
  }

  /** Ends all execution environments and stops polling. */
  close(): void {
    this.mappings.stop();
    this.executor.stop();
  }

  private functionOperations(): Service['operations'] {
    const { store, executor } = this;
    return {
      CreateFunction: async (input: CreateFunctionRequest): Promise<FunctionConfiguration> => {
        const record = await store.create(input);
        return configurationOf(input.Publish ? store.publish(record.name) : record.latest);
      },
      UpdateFunctionCode: async (input: UpdateFunctionCodeRequest): Promise<FunctionConfiguration> => {
        const version = await store.updateCode(input.FunctionName, input);
        return configurationOf(input.Publish ? store.publish(input.FunctionName) : version);
      },
      UpdateFunctionConfiguration: (input: UpdateFunctionConfigurationRequest): FunctionConfiguration =>
        configurationOf(store.updateConfiguration(input)),
      GetFunctionConfiguration: (input: GetFunctionRequest): FunctionConfiguration =>
        configurationOf(store.version(input.FunctionName, input.Qualifier)),
      GetFunction: (input: GetFunctionRequest) => this.getFunction(input),
      ListFunctions: (_input: ListFunctionsRequest) => ({
        Functions: store.all().map(({ latest }) => configurationOf(latest)),
      }),
      DeleteFunction: (input: DeleteFunctionRequest) => {
        const record = store.delete(input.FunctionName);
        executor.stop(record.name);
        return { StatusCode: 204 };
      },
    };
  }

  private getFunction(input: GetFunctionRequest): GetFunctionResponse {
    const record = this.store.get(input.FunctionName);
    const version = this.store.version(input.FunctionName, input.Qualifier);
    return {
      Configuration: configurationOf(version),
      Code: { RepositoryType: 'S3' },
      ...(record.tags.size > 0 && { Tags: Object.fromEntries(record.tags) }),
      ...(record.reservedConcurrency !== undefined && {
        Concurrency: { ReservedConcurrentExecutions: record.reservedConcurrency },
      }),
    };
  }

  private versionOperations(): Service['operations'] {
    const { store } = this;
    return {
      PublishVersion: (input: PublishVersionRequest) =>
        configurationOf(store.publish(input.FunctionName, input.Description)),
      ListVersionsByFunction: (input: ListVersionsByFunctionRequest) => {
        const { latest, versions } = store.get(input.FunctionName);
        return { Versions: [latest, ...versions].map(configurationOf) };
      },
    };
  }

  private permissionOperations(): Service['operations'] {
    const { store } = this;
    return {
      AddPermission: (input: AddPermissionRequest): AddPermissionResponse => ({
        Statement: JSON.stringify(addPermission(store.get(input.FunctionName), input)),
      }),
      RemovePermission: (input: RemovePermissionRequest) => {
        removePermission(store.get(input.FunctionName), input.StatementId);
        return {};
      },
      GetPolicy: (input: GetPolicyRequest) => {
        const record = store.get(input.FunctionName);
        const policy = policyOf(record);
        if (!policy) throw noPolicy();
        return { Policy: JSON.stringify(policy), RevisionId: record.latest.revisionId };
      },
    };
  }

  private concurrencyOperations(): Service['operations'] {
    const { store } = this;
    return {
      PutFunctionConcurrency: (input: PutFunctionConcurrencyRequest) => {
        const count = input.ReservedConcurrentExecutions ?? -1;
        if (!Number.isInteger(count) || count < 0) throw invalidParameter('ReservedConcurrentExecutions must be >= 0');
        store.get(input.FunctionName).reservedConcurrency = count;
        return { ReservedConcurrentExecutions: count };
      },
      GetFunctionConcurrency: (input: { FunctionName?: string }) => {
        const { reservedConcurrency } = store.get(input.FunctionName);
        return reservedConcurrency === undefined ? {} : { ReservedConcurrentExecutions: reservedConcurrency };
      },
      DeleteFunctionConcurrency: (input: { FunctionName?: string }) => {
        store.get(input.FunctionName).reservedConcurrency = undefined;
        return {};
      },
    };
  }
}
