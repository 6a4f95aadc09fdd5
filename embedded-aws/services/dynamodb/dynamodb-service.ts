import type {
  AttributeValue,
  ContinuousBackupsDescription,
  CreateTableCommandInput,
  DescribeContinuousBackupsCommandOutput,
  DescribeTableCommandOutput,
  DescribeTimeToLiveCommandOutput,
  TableDescription,
  UpdateContinuousBackupsCommandInput,
  UpdateTableCommandInput,
  UpdateTimeToLiveCommandInput,
  UpdateTimeToLiveCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { Call, Caller, ConditionKeys, EmbeddedAws, Operation, Permission, Service } from '../../kernel/aws.ts';
import { AwsError, NotImplemented } from '../../kernel/aws-error.ts';
import { DynamoDbEngine } from './engine.ts';
import { ExpiryIndex, type Item, keyOf } from './expiry.ts';
import { ItemEncryption } from './item-encryption.ts';
import { leadingKeys } from './leading-keys.ts';
import { addressedArns, newExtras, type TableExtras, tableNameOf } from './tables.ts';

/** DynamoDB promises no more than "within a few days"; in practice expired items go within minutes. */
const EXPIRY_SWEEP_MS = 5 * 60_000;

/** What the engine does by itself. */
const ITEM_READS = ['BatchGetItem', 'GetItem', 'Query', 'Scan'];
const TABLE_OPERATIONS = ['ListTables', 'TagResource', 'UntagResource', 'ListTagsOfResource'];
const CONDITIONAL_WRITES = ['PutItem', 'UpdateItem', 'DeleteItem'];

interface TableInput {
  readonly TableName?: string | undefined;
}
interface ConditionalWrite extends TableInput {
  readonly Key?: Record<string, AttributeValue>;
  readonly Item?: Record<string, AttributeValue>;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}

interface BatchWrite {
  readonly RequestItems?: Readonly<Record<string, readonly { readonly PutRequest?: { readonly Item?: Item } }[]>>;
}

/** DynamoDB: dynalite keeps tables and items; expiry of items and the settings around tables are added here. */
export class DynamoDbService implements Service {
  readonly name = 'dynamodb';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly aws: EmbeddedAws;
  private readonly engine = new DynamoDbEngine();
  private readonly extras = new Map<string, TableExtras>();
  private readonly encryption: ItemEncryption;
  private isSweeping = false;

  constructor(aws: EmbeddedAws) {
    this.aws = aws;
    this.encryption = new ItemEncryption(aws, (name) => this.extras.get(name)?.encryption);
    const passOn = (operation: string) => (input: TableInput) => this.engine.request(operation, byName(input));
    const write = (operation: string) => (input: ConditionalWrite) => this.write(operation, byName(input));
    const items = {
      ...Object.fromEntries(ITEM_READS.map((operation) => [operation, passOn(operation)])),
      ...Object.fromEntries(CONDITIONAL_WRITES.map((operation) => [operation, write(operation)])),
      BatchWriteItem: (input: BatchWrite) => this.batchWrite(input),
    };
    this.operations = {
      ...Object.fromEntries(Object.entries(items).map(([name, run]) => [name, this.encryption.guarding(run)])),
      ...Object.fromEntries(TABLE_OPERATIONS.map((operation) => [operation, passOn(operation)])),
      CreateTable: (input: CreateTableCommandInput, { caller }: Call) => this.createTable(input, caller),
      UpdateTable: (input: UpdateTableCommandInput, { caller }: Call) => this.updateTable(input, caller),
      DescribeTable: (input: TableInput) => this.describeTable(input),
      DeleteTable: (input: TableInput) => this.deleteTable(input),
      UpdateTimeToLive: (input: UpdateTimeToLiveCommandInput) => this.updateTimeToLive(input),
      DescribeTimeToLive: (input: TableInput) => this.describeTimeToLive(input),
      UpdateContinuousBackups: (input: UpdateContinuousBackupsCommandInput) => this.updateBackups(input),
      DescribeContinuousBackups: (input: TableInput) => this.describeBackups(input),
    };
  }

  permission(operation: string, input: unknown): Permission {
    return { action: `dynamodb:${operation}`, resources: addressedArns(input) };
  }

  conditionKeys(_operation: string, input: unknown): ConditionKeys {
    const keys = leadingKeys(input, (name) => this.extras.get(name)?.partitionKey);
    return keys === undefined ? {} : { 'dynamodb:LeadingKeys': keys };
  }

  private async createTable(input: CreateTableCommandInput, caller: Caller): Promise<unknown> {
    if (input.StreamSpecification?.StreamEnabled) throw new NotImplemented(this.name, 'CreateTable (streams)');
    if (input.DeletionProtectionEnabled) throw new NotImplemented(this.name, 'CreateTable (deletion protection)');
    const name = input.TableName ?? '';
    const encryption = await this.encryption.chosen(caller, name, input.SSESpecification);
    await this.engine.request('CreateTable', input);
    this.extras.set(name, { ...newExtras(this.aws.clock.now(), input.KeySchema), encryption });
    await this.engine.settle(name);
    const { Table } = await this.describeTable(input);
    return { TableDescription: Table };
  }

  private async describeTable(input: TableInput): Promise<DescribeTableCommandOutput> {
    const output = await this.engine.request<DescribeTableCommandOutput>('DescribeTable', byName(input));
    const extras = this.extras.get(output.Table?.TableName ?? '');
    if (!output.Table || !extras) return output;
    output.Table.CreationDateTime = new Date(extras.createdAtMs);
    const sse = this.encryption.describe(extras.encryption);
    if (sse) output.Table.SSEDescription = sse;
    return output;
  }

  private async updateTable(input: UpdateTableCommandInput, caller: Caller): Promise<unknown> {
    const { SSESpecification, ...rest } = input;
    const name = tableNameOf(input.TableName ?? '');
    const extras = await this.extrasOf({ TableName: name });
    if (SSESpecification) extras.encryption = await this.encryption.chosen(caller, name, SSESpecification);
    const changes = Object.entries(rest).filter(([key, value]) => key !== 'TableName' && value !== undefined);
    if (changes.length > 0) await this.engine.request('UpdateTable', byName(rest));
    const { Table } = await this.describeTable(input);
    return { TableDescription: Table };
  }

  private async deleteTable(input: TableInput): Promise<unknown> {
    const output = await this.engine.request('DeleteTable', byName(input));
    const name = tableNameOf(input.TableName ?? '');
    this.extras.delete(name);
    await this.engine.settle(name);
    return output;
  }

  /** A failed condition may answer with the item that failed it; dynalite leaves that out. */
  private async write(operation: string, input: ConditionalWrite): Promise<unknown> {
    try {
      const output = await this.engine.request(operation, input);
      await this.noteExpiry(input);
      return output;
    } catch (error) {
      const isWanted = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
      if (!isWanted || !(error instanceof AwsError) || error.code !== 'ConditionalCheckFailedException') throw error;
      const { Table } = await this.describeTable(input);
      const Key = input.Key ?? keyOf(keyNamesOf(Table), input.Item ?? {});
      const { Item } = await this.engine.request<{ Item?: unknown }>('GetItem', { TableName: input.TableName, Key });
      throw new AwsError(error.code, error.message, { members: Item ? { Item } : {} });
    }
  }

  private async batchWrite(input: BatchWrite): Promise<unknown> {
    const output = await this.engine.request('BatchWriteItem', input);
    for (const [tableName, requests] of Object.entries(input.RequestItems ?? {})) {
      const expiry = this.extras.get(tableNameOf(tableName))?.expiry;
      for (const { PutRequest } of requests) expiry?.note(PutRequest?.Item);
    }
    return output;
  }

  /** What an update made of an item is only known by reading it; few updates are about expiry. */
  private async noteExpiry(input: ConditionalWrite): Promise<void> {
    const expiry = this.extras.get(input.TableName ?? '')?.expiry;
    if (!expiry) return;
    if (input.Item) return expiry.note(input.Item);
    if (!input.Key || !JSON.stringify(input).includes(expiry.attribute)) return;
    const { TableName, Key } = input;
    const { Item } = await this.engine.request<{ Item?: Item }>('GetItem', { TableName, Key });
    expiry.note(Item);
  }

  private async updateTimeToLive(input: UpdateTimeToLiveCommandInput): Promise<UpdateTimeToLiveCommandOutput> {
    const extras = await this.extrasOf(input);
    const { Enabled, AttributeName } = input.TimeToLiveSpecification ?? {};
    if (Enabled === (extras.expiry !== undefined)) {
      throw new AwsError('ValidationException', `TimeToLive is already ${Enabled ? 'enabled' : 'disabled'}`);
    }
    extras.expiry = Enabled ? await this.indexExpiry(input, AttributeName ?? '') : undefined;
    this.startSweeping();
    return { TimeToLiveSpecification: input.TimeToLiveSpecification, $metadata: {} };
  }

  private async indexExpiry(input: TableInput, attribute: string): Promise<ExpiryIndex> {
    const { Table } = await this.describeTable(input);
    const index = new ExpiryIndex(attribute, keyNamesOf(Table));
    await index.noteAll(this.engine, Table?.TableName ?? '');
    return index;
  }

  private async describeTimeToLive(input: TableInput): Promise<DescribeTimeToLiveCommandOutput> {
    const { expiry } = await this.extrasOf(input);
    const off = { TimeToLiveStatus: 'DISABLED' } as const;
    const on = expiry && ({ TimeToLiveStatus: 'ENABLED', AttributeName: expiry.attribute } as const);
    return { TimeToLiveDescription: on ?? off, $metadata: {} };
  }

  private async updateBackups(input: UpdateContinuousBackupsCommandInput) {
    const extras = await this.extrasOf(input);
    extras.isPointInTimeRecoveryOn = input.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false;
    return { ContinuousBackupsDescription: backupsView(extras) };
  }

  private async describeBackups(input: TableInput): Promise<DescribeContinuousBackupsCommandOutput> {
    return { ContinuousBackupsDescription: backupsView(await this.extrasOf(input)), $metadata: {} };
  }

  /** @throws AwsError `ResourceNotFoundException` when there is no such table. */
  private async extrasOf(input: TableInput): Promise<TableExtras> {
    const { Table } = await this.describeTable(input);
    const name = Table?.TableName ?? '';
    const extras = this.extras.get(name) ?? newExtras(this.aws.clock.now(), Table?.KeySchema);
    this.extras.set(name, extras);
    return extras;
  }

  private startSweeping(): void {
    if (this.isSweeping) return;
    this.isSweeping = true;
    this.aws.clock.every(EXPIRY_SWEEP_MS, 0, async () => {
      for (const [tableName, { expiry }] of [...this.extras]) {
        await expiry?.deleteExpired(this.engine, tableName, this.aws.clock.now());
      }
    });
  }
}

const keyNamesOf = (table: TableDescription | undefined): string[] =>
  (table?.KeySchema ?? []).map(({ AttributeName = '' }) => AttributeName);

function byName<Input extends TableInput>(input: Input): Input {
  return input.TableName === undefined ? input : { ...input, TableName: tableNameOf(input.TableName) };
}

const backupsView = (extras: TableExtras): ContinuousBackupsDescription => ({
  ContinuousBackupsStatus: 'ENABLED',
  PointInTimeRecoveryDescription: {
    PointInTimeRecoveryStatus: extras.isPointInTimeRecoveryOn ? 'ENABLED' : 'DISABLED',
  },
});
