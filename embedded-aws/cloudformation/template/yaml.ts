import type { CollectionTag } from 'yaml';
import { parse, type ScalarTag, YAMLMap, type YAMLSeq } from 'yaml';
import { isObject, type Json } from './json.ts';
import { formatError } from './template-model.ts';

const SHORT_TAGS = [
  ...['And', 'Base64', 'Cidr', 'Equals', 'FindInMap', 'GetAZs', 'GetAtt', 'If', 'ImportValue', 'Join', 'Length'],
  ...['Not', 'Or', 'Select', 'Split', 'Sub', 'ToJsonString', 'Transform', 'Ref', 'Condition'],
];

const longName = (tag: string): string => (tag === 'Ref' || tag === 'Condition' ? tag : `Fn::${tag}`);

function scalarArgument(tag: string, text: string): Json {
  if (tag !== 'GetAtt') return text;
  const dot = text.indexOf('.');
  return dot < 0 ? text : [text.slice(0, dot), text.slice(dot + 1)];
}

function scalarTag(tag: string): ScalarTag {
  return { tag: `!${tag}`, resolve: (text: string) => ({ [longName(tag)]: scalarArgument(tag, text) }) };
}

function collectionTag(tag: string, collection: 'map' | 'seq'): CollectionTag {
  const resolve = (node: YAMLMap.Parsed | YAMLSeq.Parsed) => {
    const call = new YAMLMap();
    call.set(longName(tag), node);
    return call;
  };
  return { tag: `!${tag}`, collection, resolve };
}

const customTags = SHORT_TAGS.flatMap((tag) => [scalarTag(tag), collectionTag(tag, 'seq'), collectionTag(tag, 'map')]);

/** Reads JSON, or YAML with CloudFormation's short tags (`!Ref`, `!Sub` …). */
export function parseText(body: string): Record<string, Json> {
  const isJson = body.trimStart().startsWith('{');
  let parsed: unknown;
  try {
    parsed = isJson ? JSON.parse(body) : parse(body, { customTags, schema: 'core' });
  } catch (error) {
    const detail = error instanceof Error ? ` ${error.message}` : '';
    throw formatError(`${isJson ? 'JSON' : 'YAML'} not well-formed.${detail}`);
  }
  if (!isObject(parsed)) throw formatError('unsupported structure.');
  return parsed;
}
