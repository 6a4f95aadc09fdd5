import type {
  AttributeValue,
  ContinuousBackupsDescription,
  CreateTableCommandInput,
  DescribeContinuousBackupsCommandOutput,
  DescribeTableCommandOutput,
  DescribeTimeToLiveCommandOutput,
  TableDescription,
  UpdateContinuousBackupsCommandInput,
  UpdateTimeToLiveCommandInput,
  UpdateTimeToLiveCommandOutput,
} from '@aws-sdk/client-dynamodb';
import type { EmbeddedAws, Operation, Permission, Service } from '../../kernel/aws.ts';
import { AwsError, NotImplemented } from '../../kernel/errors.ts';
import { DynamoDbEngine } from './engine.ts';
import { ExpiryIndex, type Item, keyOf } from './expiry.ts';
import { addressedArns, newExtras, type TableExtras, tableNameOf } from './tables.ts';

/** DynamoDB promises no more than "within a few days"; in practice expired items go within minutes. */
const EXPIRY_SWEEP_MS = 5 * 60_000;

/** What the engine does by itself. */
const ENGINE_OPERATIONS = [
  ...['BatchGetItem', 'GetItem', 'Query', 'Scan'],
  ...['ListTables', 'UpdateTable', 'TagResource', 'UntagResource', 'ListTagsOfResource'],
];
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
  private isSweeping = false;

  constructor(aws: EmbeddedAws) {
    this.aws = aws;
    const passOn = (operation: string) => (input: TableInput) => this.engine.request(operation, byName(input));
    const write = (operation: string) => (input: ConditionalWrite) => this.write(operation, byName(input));
    this.operations = {
      ...Object.fromEntries(ENGINE_OPERATIONS.map((operation) => [operation, passOn(operation)])),
      ...Object.fromEntries(CONDITIONAL_WRITES.map((operation) => [operation, write(operation)])),
      BatchWriteItem: (input: BatchWrite) => this.batchWrite(input),
      CreateTable: (input: CreateTableCommandInput) => this.createTable(input),
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

  private async createTable(input: CreateTableCommandInput): Promise<unknown> {
    if (input.StreamSpecification?.StreamEnabled) throw new NotImplemented(this.name, 'CreateTable (streams)');
    if (input.DeletionProtectionEnabled) throw new NotImplemented(this.name, 'CreateTable (deletion protection)');
    await this.engine.request('CreateTable', input);
    const name = input.TableName ?? '';
    this.extras.set(name, {
      ...newExtras(this.aws.clock.now()),
      isEncryptedByKms: input.SSESpecification?.Enabled ?? false,
    });
    await this.engine.settle(name);
    const { Table } = await this.describeTable(input);
    return { TableDescription: Table };
  }

  private async describeTable(input: TableInput): Promise<DescribeTableCommandOutput> {
    const output = await this.engine.request<DescribeTableCommandOutput>('DescribeTable', byName(input));
    const extras = this.extras.get(output.Table?.TableName ?? '');
    if (!output.Table || !extras) return output;
    output.Table.CreationDateTime = new Date(extras.createdAtMs);
    if (extras.isEncryptedByKms) output.Table.SSEDescription = { Status: 'ENABLED', SSEType: 'KMS' };
    return output;
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
    const extras = this.extras.get(name) ?? newExtras(this.aws.clock.now());
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
