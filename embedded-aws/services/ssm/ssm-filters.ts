import type { ParameterStringFilter } from '@aws-sdk/client-ssm';
import { AwsError } from '../../kernel/aws-error.ts';
import { latestVersion, type StoredParameter } from './parameter.ts';

/** Whether `name` lies below `path`: its children, or every descendant. */
export function isUnder(name: string, path: string, recursive: boolean): boolean {
  const folder = path.endsWith('/') ? path : `${path}/`;
  if (!name.startsWith(folder)) return folder === '/' && recursive;
  return recursive || !name.slice(folder.length).includes('/');
}

/** The text that a filter key looks at; several for labels. */
function texts(parameter: StoredParameter, key: string): readonly string[] {
  const version = latestVersion(parameter);
  if (key.startsWith('tag:')) return [parameter.tags.get(key.slice('tag:'.length)) ?? ''];
  switch (key) {
    case 'Name':
      return [parameter.name];
    case 'Type':
      return [version.type];
    case 'KeyId':
      return [version.keyId ?? ''];
    case 'Tier':
      return [version.tier];
    case 'DataType':
      return [version.dataType];
    case 'Label':
      return parameter.versions.flatMap((candidate) => [...candidate.labels]);
    default:
      throw new AwsError(
        'InvalidFilterKey',
        `The following filter key is not valid: ${key}. Valid filter keys include: [Path, Name, Type, KeyId, Tier, DataType, Label].`,
      );
  }
}

function matches(parameter: StoredParameter, filter: ParameterStringFilter): boolean {
  const values = filter.Values ?? [];
  const option = filter.Option ?? 'Equals';
  if (filter.Key === 'Path') return values.some((path) => isUnder(parameter.name, path, option === 'Recursive'));
  return texts(parameter, filter.Key ?? '').some((text) =>
    values.some((value) => {
      // With Option Contains or BeginsWith the leading slash is optional, as `aws ssm describe-parameters` shows.
      if (option === 'BeginsWith') return text.startsWith(value) || text.startsWith(`/${value}`);
      return option === 'Contains' ? text.includes(value) : text === value;
    }),
  );
}

export const matchesAll = (
  parameter: StoredParameter,
  filters: readonly ParameterStringFilter[] | undefined,
): boolean => (filters ?? []).every((filter) => matches(parameter, filter));

/** One page of `items`; the token is the place where the next page starts. @throws AwsError for a token of ours it is not. */
export function page<Item>(
  items: readonly Item[],
  size: number,
  token: string | undefined,
): { items: Item[]; next: { NextToken?: string } } {
  const start = token === undefined || token === '' ? 0 : Number(token);
  if (!Number.isInteger(start) || start < 0)
    throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  const end = start + size;
  return { items: items.slice(start, end), next: end < items.length ? { NextToken: String(end) } : {} };
}
