import type {
  AddTagsToResourceRequest,
  DeleteParameterRequest,
  DeleteParametersRequest,
  DescribeParametersRequest,
  DescribeParametersResult,
  GetParameterHistoryRequest,
  GetParameterHistoryResult,
  GetParameterRequest,
  GetParameterResult,
  GetParametersByPathRequest,
  GetParametersByPathResult,
  GetParametersRequest,
  GetParametersResult,
  LabelParameterVersionRequest,
  LabelParameterVersionResult,
  ListTagsForResourceRequest,
  ListTagsForResourceResult,
  PutParameterRequest,
  PutParameterResult,
  RemoveTagsFromResourceRequest,
  UnlabelParameterVersionRequest,
  UnlabelParameterVersionResult,
} from '@aws-sdk/client-ssm';
import {
  ACCOUNT_ID,
  AwsError,
  type Call,
  type EmbeddedAws,
  type Operation,
  type Permission,
  type Service,
} from '../../kernel/aws.ts';
import { latestVersion, parameterArn, referencedArn, type StoredParameter } from './parameter.ts';
import { invalid } from './parameter-rules.ts';
import { ThroughputQuota } from './quota.ts';
import { SecureValues } from './secure-value.ts';
import { isUnder, matchesAll, page } from './ssm-filters.ts';
import { type Found, needVersion, ParameterStore } from './ssm-store.ts';
import { historyView, metadataView, parameterView } from './views.ts';

const MOST_NAMES = 10;
const PATH_PAGE = 10;
const PAGE = 50;

/** What Parameter Store tells the default event bus. */
export interface ParameterEvents {
  publish(event: { source: string; 'detail-type': string; resources: string[]; detail: Record<string, unknown> }): void;
}

type ChangeKind = 'Create' | 'Update' | 'Delete' | 'LabelParameterVersion';

/** Systems Manager's Parameter Store: versions, labels, paths, its throughput quotas and its change events. */
export class SsmService implements Service {
  readonly name = 'ssm';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly aws: EmbeddedAws;
  private readonly events: ParameterEvents;
  private readonly store = new ParameterStore();
  private readonly secure: SecureValues;
  private readonly quota: ThroughputQuota;

  constructor(aws: EmbeddedAws, events: ParameterEvents) {
    this.aws = aws;
    this.events = events;
    this.secure = new SecureValues(aws);
    this.quota = new ThroughputQuota(aws.clock);
    this.operations = this.limited({
      PutParameter: (input: PutParameterRequest, call: Call) => this.putParameter(input, call),
      GetParameter: (input: GetParameterRequest, call: Call) => this.getParameter(input, call),
      GetParameters: (input: GetParametersRequest, call: Call) => this.getParameters(input, call),
      GetParametersByPath: (input: GetParametersByPathRequest, call: Call) => this.getParametersByPath(input, call),
      GetParameterHistory: (input: GetParameterHistoryRequest, call: Call) => this.getParameterHistory(input, call),
      DeleteParameter: (input: DeleteParameterRequest) => this.deleteParameter(input),
      DeleteParameters: (input: DeleteParametersRequest) => this.deleteParameters(input),
      DescribeParameters: (input: DescribeParametersRequest) => this.describeParameters(input),
      LabelParameterVersion: (input: LabelParameterVersionRequest) => this.labelParameterVersion(input),
      UnlabelParameterVersion: (input: UnlabelParameterVersionRequest) => this.unlabelParameterVersion(input),
      AddTagsToResource: (input: AddTagsToResourceRequest) => this.addTags(input),
      RemoveTagsFromResource: (input: RemoveTagsFromResourceRequest) => this.removeTags(input),
      ListTagsForResource: (input: ListTagsForResourceRequest) => this.listTags(input),
    });
  }

  /** Makes its throughput quotas whole, as after a long silence. */
  refillQuotas(): void {
    this.quota.fill();
  }

  permission(operation: string, input: unknown): Permission {
    const { Name, Names, Path, ResourceId } = input as Record<string, unknown>;
    const named = [Name, Path, ResourceId, ...(Array.isArray(Names) ? Names : [])];
    const references = named.filter((name): name is string => typeof name === 'string');
    // A path is granted like a parameter of that name, without a trailing slash.
    const resources = references.map((name) => referencedArn(name.replace(/(.)\/$/, '$1')));
    return { action: `ssm:${operation}`, resources: resources.length > 0 ? resources : ['*'] };
  }

  private limited(operations: Readonly<Record<string, Operation>>): Readonly<Record<string, Operation>> {
    const entries = Object.entries(operations).map(([name, run]): [string, Operation] => [
      name,
      (input: never, call: Call) => {
        this.quota.spend(name, call.caller);
        return run(input, call);
      },
    ]);
    return Object.fromEntries(entries);
  }

  private async putParameter(input: PutParameterRequest, { caller }: Call): Promise<PutParameterResult> {
    const { Name = '', Value = '' } = input;
    const keyId = this.store.keyFor(input);
    const sealed = keyId === undefined ? undefined : await this.secure.seal(caller, Name, keyId, Value);
    const modifiedBy = caller.kind === 'function' ? caller.roleArn : `arn:aws:iam::${ACCOUNT_ID}:root`;
    const { parameter, isNew } = this.store.put(input, {
      modifiedAt: new Date(this.aws.clock.now()),
      modifiedBy,
      sealed,
    });
    this.announce(parameter, isNew ? 'Create' : 'Update');
    const { version, tier } = latestVersion(parameter);
    return { Version: version, Tier: tier };
  }

  private async getParameter(input: GetParameterRequest, call: Call): Promise<GetParameterResult> {
    return { Parameter: await this.view(this.store.select(input.Name ?? ''), input, call) };
  }

  private async view(found: Found, { WithDecryption }: { WithDecryption?: boolean | undefined }, call: Call) {
    return parameterView(found, await this.valueOf(found, WithDecryption, call));
  }

  private async valueOf({ parameter, version }: Found, decrypt: boolean | undefined, call: Call): Promise<string> {
    if (version.type !== 'SecureString' || !decrypt) return version.value;
    return await this.secure.open(call.caller, parameter.name, version.value);
  }

  private async getParameters(input: GetParametersRequest, call: Call): Promise<GetParametersResult> {
    const names = input.Names ?? [];
    if (names.length > MOST_NAMES) {
      throw invalid(
        `1 validation error detected: Value '[${names.join(', ')}]' at 'names' failed to satisfy constraint: Member must have length less than or equal to ${MOST_NAMES}.`,
      );
    }
    const found: Found[] = [];
    const InvalidParameters: string[] = [];
    for (const name of names) {
      try {
        found.push(this.store.select(name));
      } catch (error) {
        if (!(error instanceof AwsError)) throw error;
        InvalidParameters.push(name);
      }
    }
    return { Parameters: await Promise.all(found.map((each) => this.view(each, input, call))), InvalidParameters };
  }

  private async getParametersByPath(input: GetParametersByPathRequest, call: Call): Promise<GetParametersByPathResult> {
    const path = input.Path ?? '';
    if (!path.startsWith('/')) {
      throw invalid(
        `The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can't be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.`,
      );
    }
    const size = input.MaxResults ?? PATH_PAGE;
    if (size < 1 || size > PATH_PAGE) {
      throw invalid(
        `1 validation error detected: Value '${size}' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to ${PATH_PAGE}.`,
      );
    }
    const under = this.store
      .all()
      .filter((parameter) => isUnder(parameter.name, path, input.Recursive ?? false))
      .filter((parameter) => matchesAll(parameter, input.ParameterFilters));
    const { items, next } = page(under, size, input.NextToken);
    return { Parameters: await Promise.all(items.map((item) => this.view(latest(item), input, call))), ...next };
  }

  private async getParameterHistory(input: GetParameterHistoryRequest, call: Call): Promise<GetParameterHistoryResult> {
    const parameter = this.store.need(input.Name ?? '');
    const { items, next } = page(parameter.versions, input.MaxResults ?? PAGE, input.NextToken);
    const views = items.map(async (version) => {
      const value = await this.valueOf({ parameter, version, selector: undefined }, input.WithDecryption, call);
      return historyView(parameter, version, value);
    });
    return { Parameters: await Promise.all(views), ...next };
  }

  private deleteParameter(input: DeleteParameterRequest): Record<string, never> {
    this.store.need(input.Name ?? '');
    this.remove(input.Name ?? '');
    return {};
  }

  private deleteParameters(input: DeleteParametersRequest) {
    const names = input.Names ?? [];
    const DeletedParameters = names.filter((name) => this.remove(name));
    return { DeletedParameters, InvalidParameters: names.filter((name) => !DeletedParameters.includes(name)) };
  }

  private remove(name: string): boolean {
    const parameter = this.store.delete(name);
    if (parameter) this.announce(parameter, 'Delete');
    return parameter !== undefined;
  }

  private describeParameters(input: DescribeParametersRequest): DescribeParametersResult {
    const old = (input.Filters ?? []).map((filter) => ({ Option: 'BeginsWith', ...filter }));
    const filters = [...(input.ParameterFilters ?? []), ...old];
    const matching = this.store.all().filter((parameter) => matchesAll(parameter, filters));
    const { items, next } = page(matching, input.MaxResults ?? PAGE, input.NextToken);
    return { Parameters: items.map(metadataView), ...next };
  }

  private labelParameterVersion(input: LabelParameterVersionRequest): LabelParameterVersionResult {
    const parameter = this.store.need(input.Name ?? '');
    const [version, InvalidLabels] = this.store.label(parameter, input.ParameterVersion, input.Labels ?? []);
    if (InvalidLabels.length < (input.Labels ?? []).length) this.announce(parameter, 'LabelParameterVersion');
    return { InvalidLabels, ParameterVersion: version };
  }

  private unlabelParameterVersion(input: UnlabelParameterVersionRequest): UnlabelParameterVersionResult {
    const version = needVersion(this.store.need(input.Name ?? ''), input.ParameterVersion);
    const labels = input.Labels ?? [];
    const RemovedLabels = labels.filter((label) => version.labels.delete(label));
    return { RemovedLabels, InvalidLabels: labels.filter((label) => !RemovedLabels.includes(label)) };
  }

  private tagged(input: { ResourceType?: string | undefined; ResourceId?: string | undefined }): StoredParameter {
    const parameter = input.ResourceType === 'Parameter' ? this.store.find(input.ResourceId ?? '') : undefined;
    if (parameter) return parameter;
    throw new AwsError(
      'InvalidResourceId',
      'The resource ID is not valid. Verify that you entered the correct ID and try again.',
    );
  }

  private addTags(input: AddTagsToResourceRequest): Record<string, never> {
    const { tags } = this.tagged(input);
    for (const tag of input.Tags ?? []) tags.set(tag.Key ?? '', tag.Value ?? '');
    return {};
  }

  private removeTags(input: RemoveTagsFromResourceRequest): Record<string, never> {
    const { tags } = this.tagged(input);
    for (const key of input.TagKeys ?? []) tags.delete(key);
    return {};
  }

  private listTags(input: ListTagsForResourceRequest): ListTagsForResourceResult {
    return { TagList: [...this.tagged(input).tags].map(([Key, Value]) => ({ Key, Value })) };
  }

  /** The event carries neither value nor version: its receiver reads the parameter again. */
  private announce(parameter: StoredParameter, operation: ChangeKind): void {
    const { type, description } = latestVersion(parameter);
    this.events.publish({
      source: 'aws.ssm',
      'detail-type': 'Parameter Store Change',
      resources: [parameterArn(parameter.name)],
      detail: { operation, name: parameter.name, type, ...(description !== undefined && { description }) },
    });
  }
}

const latest = (parameter: StoredParameter): Found => ({
  parameter,
  version: latestVersion(parameter),
  selector: undefined,
});
