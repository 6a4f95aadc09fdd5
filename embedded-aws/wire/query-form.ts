import { FromStringShapeDeserializer } from '@smithy/core/protocols';
import type { NormalizedSchema } from '@smithy/core/schema';
import { emptyRecord } from '../kernel/plain-records.ts';
import type { Members } from './message.ts';

/** `Filter.1.Name=x` as a tree: what stands at a key, and what stands below it. */
interface Node {
  value: string | undefined;
  readonly children: Map<string, Node>;
}

/** `@smithy/core`'s number for date-time, the query protocol's format of timestamps. */
const DATE_TIME = 5;
const scalars = new FromStringShapeDeserializer({ timestampFormat: { useTrait: true, default: DATE_TIME } });

/** Reads a query-protocol form as the input shape that the client wrote it from. */
export function decodeForm(input: NormalizedSchema, form: URLSearchParams): unknown {
  return input.isUnitSchema() ? {} : decode(input, treeOf(form));
}

function treeOf(form: URLSearchParams): Node {
  const root = emptyNode();
  for (const [key, value] of form) {
    let node = root;
    for (const part of key.split('.')) {
      let child = node.children.get(part);
      if (!child) {
        child = emptyNode();
        node.children.set(part, child);
      }
      node = child;
    }
    node.value = value;
  }
  return root;
}

const emptyNode = (): Node => ({ value: undefined, children: new Map() });

function decode(schema: NormalizedSchema, node: Node): unknown {
  if (schema.isStructSchema()) return decodeStructure(schema, node);
  if (schema.isListSchema()) return decodeList(schema, node);
  if (schema.isMapSchema()) return decodeMap(schema, node);
  return scalars.read(schema, node.value ?? '');
}

function decodeStructure(schema: NormalizedSchema, node: Node): Members {
  const members: Members = {};
  for (const [name, member] of Object.entries(schema.getMemberSchemas())) {
    const child = node.children.get(member.getMergedTraits().xmlName ?? name);
    if (child) members[name] = decode(member, child);
  }
  return members;
}

function decodeList(schema: NormalizedSchema, node: Node): unknown[] {
  const member = schema.getValueSchema();
  const container = schema.getMergedTraits().xmlFlattened
    ? node
    : below(node, member.getMergedTraits().xmlName ?? 'member');
  return inOrder(container).map((child) => decode(member, child));
}

function decodeMap(schema: NormalizedSchema, node: Node): Members {
  const keyName = schema.getKeySchema().getMergedTraits().xmlName ?? 'key';
  const member = schema.getValueSchema();
  const valueName = member.getMergedTraits().xmlName ?? 'value';
  const container = schema.getMergedTraits().xmlFlattened ? node : below(node, 'entry');
  const map: Members = emptyRecord();
  for (const entry of inOrder(container)) {
    const key = entry.children.get(keyName)?.value ?? '';
    map[key] = decode(member, entry.children.get(valueName) ?? emptyNode());
  }
  return map;
}

/** Clients of different age disagree on whether a list is flattened: without the inner name the node itself serves. */
const below = (node: Node, name: string): Node => node.children.get(name) ?? node;

const inOrder = (node: Node): Node[] =>
  [...node.children.entries()].sort(([a], [b]) => Number(a) - Number(b)).map(([, child]) => child);
