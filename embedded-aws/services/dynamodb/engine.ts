import { EventEmitter } from 'node:events';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as wait } from 'node:timers/promises';
import type { DescribeTableOutput } from '@aws-sdk/client-dynamodb';
import { ACCOUNT_ID, REGION } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { JSON_RPC } from '../../wire/codec.ts';
import { isRecord, type Members } from '../../wire/message.ts';
import { serviceModel } from '../../wire/service-model.ts';

/** dynalite asks for a signature but does not check it. */
const HEADERS = {
  'content-type': 'application/x-amz-json-1.0',
  authorization: 'AWS4-HMAC-SHA256 Credential=local, SignedHeaders=host, Signature=local',
  'x-amz-date': 'unused',
};

/** The kept DynamoDB implementation, reached in-process through its request listener: no socket in between. */
export class DynamoDbEngine {
  private server: Promise<Server> | undefined;

  /**
   * Runs an operation with input and output in the SDK's shapes.
   * @throws AwsError as DynamoDB answers.
   */
  async request<Output = unknown>(operation: string, input: object): Promise<Output> {
    const model = await serviceModel('dynamodb');
    const schemas = model?.operations.get(operation);
    if (!schemas) throw new Error(`DynamoDB has no operation ${operation}.`);
    const { status, body } = await this.exchange(operation, JSON_RPC.encode(schemas.input, input));
    if (status >= 300) throw errorOf(body);
    return (await JSON_RPC.decode(schemas.output, Buffer.from(body))) as Output;
  }

  /** Waits until a table exists or is gone, which dynalite sees to a timer tick after the request. */
  async settle(tableName: string): Promise<void> {
    while (await this.isInTransition(tableName)) await wait(1);
  }

  private async isInTransition(tableName: string): Promise<boolean> {
    try {
      const { Table } = await this.request<DescribeTableOutput>('DescribeTable', { TableName: tableName });
      return Table?.TableStatus !== 'ACTIVE';
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return false;
      throw error;
    }
  }

  private async exchange(operation: string, body: string | Uint8Array): Promise<{ status: number; body: string }> {
    this.server ??= startEngine();
    const server = await this.server;
    return await new Promise((resolve) => {
      const headers = { ...HEADERS, 'x-amz-target': `DynamoDB_20120810.${operation}` };
      const request = Object.assign(new EventEmitter(), { method: 'POST', url: '/', headers });
      const response = {
        statusCode: 200,
        setHeader: () => undefined,
        end: (text: string) => resolve({ status: response.statusCode, body: text }),
      };
      server.emit('request', request, response);
      request.emit('data', Buffer.from(body));
      request.emit('end');
    });
  }
}

/**
 * Node cuts small buffers out of slabs of 64 KB, and the store keeps such cuts for as long as it keeps an item: each
 * then holds a whole slab, and a simulated day gigabytes. Small slabs bound what an item can hold on to.
 */
const BUFFER_SLAB_BYTES = 1024;

/** dynalite takes the account and region of its ARNs from the environment, once, as it starts. */
async function startEngine(): Promise<Server> {
  const { default: dynalite } = await import('dynalite');
  await closeFinishedReads();
  Buffer.poolSize = BUFFER_SLAB_BYTES;
  const before = { ...process.env };
  Object.assign(process.env, { AWS_ACCOUNT_ID: ACCOUNT_ID, AWS_REGION: REGION });
  try {
    return dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  } finally {
    for (const name of ['AWS_ACCOUNT_ID', 'AWS_REGION']) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  }
}

interface MemoryIterator {
  close(): Promise<void>;
  return?(): Promise<void>;
}

/**
 * dynalite ends a read by its iterator's `return`, which those of its store do not have: they would stay open, and each
 * keeps the whole table as it was.
 */
async function closeFinishedReads(): Promise<void> {
  const dynalite = createRequire(import.meta.url).resolve('dynalite');
  const { MemoryLevel } = createRequire(dynalite)('memory-level') as {
    MemoryLevel: new () => { open(): Promise<void>; keys(): MemoryIterator; values(): MemoryIterator };
  };
  const store = new MemoryLevel();
  // Until it is open it lends out iterators of another kind.
  await store.open();
  for (const iterator of [store.keys(), store.values()]) {
    const kind: MemoryIterator = Object.getPrototypeOf(iterator);
    kind.return ??= function (this: MemoryIterator) {
      return this.close();
    };
  }
}

function errorOf(body: string): AwsError {
  const parsed: unknown = JSON.parse(body);
  const { __type, message, Message, ...members }: Members = isRecord(parsed) ? parsed : {};
  const code = String(__type).split('#').at(-1) ?? 'InternalServerError';
  return new AwsError(code, String(message ?? Message ?? ''), { members });
}
