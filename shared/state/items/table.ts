import {
  type AttributeValue,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../../platform/clock.ts';
import { isConditionFailed } from '../../platform/errors.ts';
import { emptyRecord, own, recordOf } from '../../platform/records.ts';
import type { EpochMs } from '../../platform/units.ts';

/** The one table; its layout is described in `docs/state.md`. */
export interface Table {
  readonly client: DynamoDBClient;
  readonly name: string;
  /** The clock for checking stored instants. Every function has one; a command that only displays items needs none. */
  readonly clock?: Clock;
  /** Called for every unusable item, and for every value that is too large to be stored. */
  readonly report?: (damage: Damage) => void;
}

/** An unusable item, or an unusable part of an item. */
export interface Damage {
  readonly key: Key;
  /** The problem, without the item's content. */
  readonly why: string;
  /** The item as it was read. */
  readonly item: Attributes;
  /** The attributes that clear the item. */
  readonly blank: Attributes;
  /** The value was too large to be written; nothing is wrong with the item. */
  readonly isTooLarge?: true;
}

/** The present, for checking stored instants; without a clock every instant is accepted. */
export const nowOf = (table: Table): EpochMs => table.clock?.now() ?? Number.POSITIVE_INFINITY;

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** The types of an attribute; structured values are JSON text. */
export type Value = string | number | boolean;
export type Attributes = Readonly<Record<string, Value>>;

/** A DynamoDB condition or update expression; names are written `#name`, values `:name`. */
export interface Expression {
  readonly update?: string;
  readonly condition?: string;
  readonly names: readonly string[];
  readonly values: Attributes;
}

/** Instants in sort keys have this many digits, so that text order is time order. */
const EPOCH_DIGITS = 15;

export function epochText(atMs: EpochMs): string {
  return String(Math.max(0, Math.floor(atMs))).padStart(EPOCH_DIGITS, '0');
}

/** The value of the TTL attribute, in epoch seconds; DynamoDB deletes lazily, so nothing may rely on it. */
export function expiresAt(now: EpochMs, lifetimeMs: number): number {
  return Math.ceil((now + lifetimeMs) / 1000);
}

/** One item, read consistently. */
export async function getItem(table: Table, key: Key): Promise<Attributes | undefined> {
  const { Item } = await table.client.send(
    new GetItemCommand({ TableName: table.name, Key: marshal({ ...key }), ConsistentRead: true }),
  );
  return Item && unmarshal(Item);
}

/** Every item of a partition, or of a range of its sort keys (both ends included), read consistently, in order. */
export async function queryItems(
  table: Table,
  pk: string,
  range?: { from: string; to: string },
): Promise<Attributes[]> {
  const items: Attributes[] = [];
  let next: Record<string, AttributeValue> | undefined;
  do {
    const page = await table.client.send(
      new QueryCommand({
        TableName: table.name,
        KeyConditionExpression: range ? '#pk = :pk AND #sk BETWEEN :from AND :to' : '#pk = :pk',
        ExpressionAttributeNames: range ? { '#pk': 'pk', '#sk': 'sk' } : { '#pk': 'pk' },
        ExpressionAttributeValues: marshal(range ? { ':pk': pk, ':from': range.from, ':to': range.to } : { ':pk': pk }),
        ConsistentRead: true,
        ...(next ? { ExclusiveStartKey: next } : {}),
      }),
    );
    items.push(...(page.Items ?? []).map(unmarshal));
    next = page.LastEvaluatedKey;
  } while (next);
  return items;
}

/** Writes an item. @returns false if the condition did not hold and nothing was written. */
export async function putItem(table: Table, key: Key, attributes: Attributes, when?: Expression): Promise<boolean> {
  const command = new PutItemCommand({
    TableName: table.name,
    Item: marshal({ ...attributes, ...key }),
    ...expressionInput(when),
  });
  return (await conditionally(() => table.client.send(command))) !== undefined;
}

/** Changes an item in place. @returns its new attributes, or undefined when the condition did not hold. */
export async function updateItem(table: Table, key: Key, expression: Expression): Promise<Attributes | undefined> {
  const command = new UpdateItemCommand({
    TableName: table.name,
    Key: marshal({ ...key }),
    ReturnValues: 'ALL_NEW',
    ...expressionInput(expression),
  });
  const answer = await conditionally(() => table.client.send(command));
  return answer && unmarshal(answer.Attributes ?? {});
}

async function conditionally<Answer>(write: () => Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await write();
  } catch (error) {
    if (isConditionFailed(error)) return undefined;
    throw error;
  }
}

function expressionInput(expression: Expression | undefined) {
  if (!expression) return {};
  const { update, condition, names, values } = expression;
  const prefixed = Object.fromEntries(Object.entries(values).map(([name, value]) => [`:${name}`, value]));
  return {
    ...(update ? { UpdateExpression: update } : {}),
    ...(condition ? { ConditionExpression: condition } : {}),
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ...(Object.keys(prefixed).length > 0 ? { ExpressionAttributeValues: marshal(prefixed) } : {}),
  };
}

function marshal(attributes: Attributes): Record<string, AttributeValue> {
  return recordOf(Object.entries(attributes).map(([name, value]) => [name, marshalValue(value)] as const));
}

function marshalValue(value: Value): AttributeValue {
  if (typeof value === 'string') return { S: value };
  return typeof value === 'number' ? { N: String(value) } : { BOOL: value };
}

function unmarshal(item: Record<string, AttributeValue>): Attributes {
  const attributes = emptyRecord<Value>();
  for (const [name, value] of Object.entries(item)) {
    if (value.S !== undefined) attributes[name] = value.S;
    else if (value.N !== undefined) attributes[name] = Number(value.N);
    else if (value.BOOL !== undefined) attributes[name] = value.BOOL;
  }
  return attributes;
}

export function textOf(attributes: Attributes | undefined, name: string): string | undefined {
  const value = own(attributes, name);
  return typeof value === 'string' ? value : undefined;
}

export function numberOf(attributes: Attributes | undefined, name: string): number | undefined {
  const value = own(attributes, name);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The JSON of an attribute; undefined when it is absent or not JSON. */
export function jsonOf(attributes: Attributes | undefined, name: string): unknown {
  const text = textOf(attributes, name);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
