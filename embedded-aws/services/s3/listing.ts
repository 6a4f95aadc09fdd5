import type {
  CommonPrefix,
  ListObjectsV2Output,
  ListObjectsV2Request,
  ListObjectVersionsOutput,
  ListObjectVersionsRequest,
} from '@aws-sdk/client-s3';
import type { Bucket, ObjectVersion } from './bucket.ts';

const MOST_KEYS = 1000;

interface Page {
  readonly keys: readonly string[];
  readonly prefixes: readonly CommonPrefix[];
  /** The key to go on after; undefined when this is the last page. */
  readonly next: string | undefined;
}

interface PageRequest {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  /** Only keys after this one. */
  readonly after: string;
  readonly maxKeys: number;
}

/** The next keys in order; those that share a prefix up to the delimiter count as one entry. */
function pageOf(keys: readonly string[], { prefix, delimiter, after, maxKeys }: PageRequest): Page {
  const entries = new Map<string, { isPrefix: boolean; lastKey: string }>();
  for (const key of keys) {
    if (!key.startsWith(prefix) || key <= after) continue;
    const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    const name = end < 0 ? key : key.slice(0, end + (delimiter?.length ?? 0));
    entries.set(name, { isPrefix: end >= 0, lastKey: key });
  }
  const shown = [...entries].slice(0, maxKeys);
  return {
    keys: shown.flatMap(([name, { isPrefix }]) => (isPrefix ? [] : [name])),
    prefixes: shown.flatMap(([name, { isPrefix }]) => (isPrefix ? [{ Prefix: name }] : [])),
    next: entries.size > shown.length ? shown.at(-1)?.[1].lastKey : undefined,
  };
}

/** The current objects of a bucket. */
export function listObjects(bucket: Bucket, input: ListObjectsV2Request): ListObjectsV2Output {
  const maxKeys = Math.min(input.MaxKeys ?? MOST_KEYS, MOST_KEYS);
  const { keys, prefixes, next } = pageOf(
    bucket.keys.filter((key) => bucket.current(key)),
    {
      prefix: input.Prefix ?? '',
      delimiter: input.Delimiter,
      after: input.ContinuationToken ?? input.StartAfter ?? '',
      maxKeys,
    },
  );
  return {
    Name: bucket.name,
    Prefix: input.Prefix ?? '',
    ...(input.Delimiter === undefined ? {} : { Delimiter: input.Delimiter }),
    MaxKeys: maxKeys,
    KeyCount: keys.length + prefixes.length,
    IsTruncated: next !== undefined,
    ...(next === undefined ? {} : { NextContinuationToken: next }),
    Contents: keys.flatMap((key) => bucket.current(key) ?? []).map(contentOf),
    CommonPrefixes: [...prefixes],
  };
}

/** Every version of every object, and the marks of deletion. */
export function listVersions(bucket: Bucket, input: ListObjectVersionsRequest): ListObjectVersionsOutput {
  const maxKeys = Math.min(input.MaxKeys ?? MOST_KEYS, MOST_KEYS);
  const { keys, prefixes, next } = pageOf(bucket.keys, {
    prefix: input.Prefix ?? '',
    delimiter: input.Delimiter,
    after: input.KeyMarker ?? '',
    maxKeys,
  });
  const versions = keys.flatMap((key) =>
    bucket.versionsOf(key).map((version, index) => ({ version, IsLatest: !index })),
  );
  return {
    Name: bucket.name,
    Prefix: input.Prefix ?? '',
    MaxKeys: maxKeys,
    IsTruncated: next !== undefined,
    ...(next === undefined ? {} : { NextKeyMarker: next }),
    Versions: versions
      .filter(({ version }) => !version.isDeleteMarker)
      .map(({ version, IsLatest }) => ({ ...contentOf(version), VersionId: version.versionId, IsLatest })),
    DeleteMarkers: versions
      .filter(({ version }) => version.isDeleteMarker)
      .map(({ version: { key, versionId, lastModified }, IsLatest }) => ({
        Key: key,
        VersionId: versionId,
        LastModified: lastModified,
        IsLatest,
      })),
    CommonPrefixes: [...prefixes],
  };
}

const contentOf = (version: ObjectVersion) => ({
  Key: version.key,
  LastModified: version.lastModified,
  ETag: version.etag,
  Size: version.body.length,
  StorageClass: 'STANDARD' as const,
});
