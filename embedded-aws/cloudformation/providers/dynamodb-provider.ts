import { count, flag, list, object, tagList, text, texts } from './provider-schema.ts';
import { arnOf, differs, type Resource, resource } from './resource.ts';

const keySchema = list(object({ AttributeName: text, KeyType: text }));
const throughput = object({ ReadCapacityUnits: count, WriteCapacityUnits: count });
const projection = object({ NonKeyAttributes: texts.optional(), ProjectionType: text.optional() });
const index = object({
  IndexName: text,
  KeySchema: keySchema,
  Projection: projection,
  ProvisionedThroughput: throughput.optional(),
});

const tableSchema = object({
  AttributeDefinitions: list(object({ AttributeName: text, AttributeType: text })),
  BillingMode: text.optional(),
  DeletionProtectionEnabled: flag.optional(),
  GlobalSecondaryIndexes: list(index).optional(),
  KeySchema: keySchema,
  LocalSecondaryIndexes: list(index).optional(),
  PointInTimeRecoverySpecification: object({ PointInTimeRecoveryEnabled: flag.optional() }).optional(),
  ProvisionedThroughput: throughput.optional(),
  SSESpecification: object({
    KMSMasterKeyId: text.optional(),
    SSEEnabled: flag.optional(),
    SSEType: text.optional(),
  }).optional(),
  TableName: text.optional(),
  Tags: tagList.optional(),
  TimeToLiveSpecification: object({ AttributeName: text.optional(), Enabled: flag }).optional(),
});
type TableProperties = ReturnType<typeof tableSchema.parse>;
type TableResource = Resource<TableProperties>;

/** Templates say SSEEnabled, the operations say Enabled. */
function encryption({ SSESpecification: sse }: TableProperties) {
  return sse && { Enabled: sse.SSEEnabled, SSEType: sse.SSEType, KMSMasterKeyId: sse.KMSMasterKeyId };
}

async function setTimeToLive({ properties, call }: TableResource, TableName: string): Promise<void> {
  const { TimeToLiveSpecification } = properties;
  if (TimeToLiveSpecification) await call('dynamodb', 'UpdateTimeToLive', { TableName, TimeToLiveSpecification });
}

async function setRecovery({ properties, call }: TableResource, TableName: string): Promise<void> {
  const { PointInTimeRecoverySpecification } = properties;
  if (!PointInTimeRecoverySpecification) return;
  await call('dynamodb', 'UpdateContinuousBackups', { TableName, PointInTimeRecoverySpecification });
}

const table = resource({
  type: 'AWS::DynamoDB::Table',
  schema: tableSchema,
  replacement: ['TableName', 'KeySchema', 'LocalSecondaryIndexes'],
  nameProperty: 'TableName',
  notImplemented: [
    'StreamSpecification',
    'KinesisStreamSpecification',
    'ContributorInsightsSpecification',
    'ImportSourceSpecification',
  ],
  create: async ({ properties, call, generatedName }) => {
    const TableName = properties.TableName ?? generatedName();
    const { TimeToLiveSpecification: _ttl, PointInTimeRecoverySpecification: _pitr, ...rest } = properties;
    const input = { ...rest, TableName, SSESpecification: encryption(properties) };
    const answer = await call<{ TableDescription?: { TableArn?: string } }>('dynamodb', 'CreateTable', input);
    const Arn = answer.TableDescription?.TableArn ?? arnOf('dynamodb', `table/${TableName}`);
    return { id: TableName, attributes: { Arn } };
  },
  complete: async (it, { id }) => {
    await setTimeToLive(it, id);
    await setRecovery(it, id);
  },
  update: async (it, { id }, previous) => {
    const { properties, call } = it;
    if (
      differs(
        previous,
        properties,
        'BillingMode',
        'ProvisionedThroughput',
        'SSESpecification',
        'DeletionProtectionEnabled',
      )
    ) {
      const { BillingMode, ProvisionedThroughput, DeletionProtectionEnabled } = properties;
      const input = { BillingMode, ProvisionedThroughput, DeletionProtectionEnabled };
      await call('dynamodb', 'UpdateTable', { TableName: id, ...input, SSESpecification: encryption(properties) });
    }
    if (differs(previous, properties, 'TimeToLiveSpecification')) await setTimeToLive(it, id);
    if (differs(previous, properties, 'PointInTimeRecoverySpecification')) await setRecovery(it, id);
  },
  delete: ({ call }, { id }) => call('dynamodb', 'DeleteTable', { TableName: id }),
});

export const dynamoDbTypes = [table];
