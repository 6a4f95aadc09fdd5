import { type Caller, DEVELOPER, type EmbeddedAws, type Interceptor } from '@tidegate/embedded-aws/kernel';
import type { Item } from '../../overlap/cloud-snapshot.ts';
import { kindOf, type OutsideNames } from './item.ts';

/** One kind of item, as the functions were seen to write it. */
export interface Specimen {
  readonly kind: string;
  /** The functions that wrote it. */
  readonly writers: Set<string>;
  /** The newest item that had each attribute. */
  readonly latest: Map<string, Item>;
  /** Every item that was written, as text: what a function writes honestly. */
  readonly seen: Set<string>;
  /** Attributes that a condition or an update reads: no reader of ours comes between. */
  readonly compared: Set<string>;
}

interface Write {
  readonly TableName: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ConditionExpression?: string;
  readonly UpdateExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
}

const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem'];

/** Looks at every item that a function has written, right after the write. */
export class SpecimenRecorder {
  readonly specimens = new Map<string, Specimen>();
  private readonly aws: EmbeddedAws;
  private readonly names: OutsideNames;

  constructor(aws: EmbeddedAws, names: OutsideNames) {
    this.aws = aws;
    this.names = names;
  }

  readonly intercept: Interceptor = async (service, operation, input, run, caller) => {
    const output = await run(input);
    if (service === 'dynamodb' && WRITES.includes(operation) && caller.kind === 'function')
      await this.note(caller, input as Write);
    return output;
  };

  private async note({ functionName }: Extract<Caller, { kind: 'function' }>, write: Write): Promise<void> {
    const { TableName, Item, Key } = write;
    const { pk, sk } = Item ?? Key ?? {};
    const { Item: written } = await this.aws.call<{ Item?: Item }>(DEVELOPER, 'dynamodb', 'GetItem', {
      TableName,
      Key: { pk, sk },
    });
    if (!written) return;
    const specimen = this.of(kindOf(written, this.names));
    specimen.writers.add(functionName.split('-').at(-1) ?? '');
    for (const name of Object.keys(written)) specimen.latest.set(name, written);
    specimen.seen.add(JSON.stringify(written));
    for (const name of comparedIn(write)) specimen.compared.add(name);
  }

  private of(kind: string): Specimen {
    const known = this.specimens.get(kind);
    if (known) return known;
    const specimen = {
      kind,
      writers: new Set<string>(),
      latest: new Map(),
      seen: new Set<string>(),
      compared: new Set<string>(),
    };
    this.specimens.set(kind, specimen);
    return specimen;
  }
}

/** In an update: what is added to, and what another attribute is set to or depends on. */
const READ_BY_UPDATE = /(?:ADD |= |\()(#\w+)/g;

/** The attributes that DynamoDB itself has to read for a write. */
function comparedIn({
  ConditionExpression = '',
  UpdateExpression = '',
  ExpressionAttributeNames = {},
}: Write): string[] {
  const inUpdate = [...UpdateExpression.matchAll(READ_BY_UPDATE)].map(([, name]) => name);
  return [...(ConditionExpression.match(/#\w+/g) ?? []), ...inUpdate].flatMap(
    (name) => ExpressionAttributeNames[name ?? ''] ?? [],
  );
}
