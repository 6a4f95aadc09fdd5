import { createRequire } from 'node:module';
import { DynamoDbEngine } from '../../../services/dynamodb/engine.ts';

interface Iterator {
  _close(): Promise<void>;
}

/** What all iterators of dynalite's store share. */
async function iteratorsOfTheStore(): Promise<Iterator> {
  const dynalite = createRequire(__filename).resolve('dynalite');
  const { MemoryLevel } = createRequire(dynalite)('memory-level') as {
    MemoryLevel: new () => { open(): Promise<void>; values(): Iterator };
  };
  const store = new MemoryLevel();
  await store.open();
  return Object.getPrototypeOf(store.values()) as Iterator;
}

test('finished queries left their iterators open, and each kept the table as it was', async () => {
  const engine = new DynamoDbEngine();
  const TableName = 'reads';
  const [pk, sk] = ['pk', 'sk'];
  await engine.request('CreateTable', {
    TableName,
    KeySchema: [
      { AttributeName: pk, KeyType: 'HASH' },
      { AttributeName: sk, KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [pk, sk].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    BillingMode: 'PAY_PER_REQUEST',
  });
  await engine.settle(TableName);
  for (const text of ['1', '2', '3']) {
    await engine.request('PutItem', { TableName, Item: { pk: { S: 'a' }, sk: { S: text } } });
  }
  const closed = jest.spyOn(await iteratorsOfTheStore(), '_close');
  const query = { TableName, KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'a' } } };
  await expect(engine.request('Query', query)).resolves.toMatchObject({ Count: 3 });
  await expect(engine.request('Query', { ...query, Limit: 2 })).resolves.toMatchObject({ Count: 2 });
  await new Promise(setImmediate);
  expect(closed).toHaveBeenCalledTimes(2);
});
