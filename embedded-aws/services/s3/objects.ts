import { createHash } from 'node:crypto';
import type {
  CopyObjectOutput,
  CopyObjectRequest,
  DeletedObject,
  DeleteObjectOutput,
  DeleteObjectRequest,
  DeleteObjectsOutput,
  DeleteObjectsRequest,
  GetObjectRequest,
  HeadObjectRequest,
  PutObjectOutput,
} from '@aws-sdk/client-s3';
import type { EmbeddedAws } from '../../kernel/aws.ts';
import { AwsError, NotImplemented } from '../../kernel/aws-error.ts';
import { type Bucket, NULL_VERSION, type ObjectVersion } from './bucket.ts';

export type BucketOf = (input: { Bucket?: string | undefined }) => Bucket;

/** Members that describe an object's body, kept on put and given back on get. */
const DESCRIPTIVE = [
  ...['ContentType', 'ContentEncoding', 'ContentDisposition', 'ContentLanguage', 'CacheControl', 'Metadata'],
  ...['ServerSideEncryption', 'SSEKMSKeyId', 'StorageClass', 'WebsiteRedirectLocation'],
];
const CHECKSUMS = ['ChecksumCRC32', 'ChecksumCRC32C', 'ChecksumCRC64NVME', 'ChecksumSHA1', 'ChecksumSHA256'];

/** What is put, with its body complete. */
export interface PutInput {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
  readonly Body?: Uint8Array;
  readonly IfNoneMatch?: string | undefined;
}

/** Operations on single objects. */
export function objectOperations(aws: EmbeddedAws, bucketOf: BucketOf) {
  return {
    PutObject: (input: PutInput): PutObjectOutput => putObject(aws, bucketOf(input), input),
    GetObject: (input: GetObjectRequest) => {
      if (input.Range !== undefined) throw new NotImplemented('s3', 'GetObject (Range)');
      const version = bucketOf(input).get(input.Key ?? '', input.VersionId);
      return { ...headOf(bucketOf(input), version, input.ChecksumMode === 'ENABLED'), Body: version.body };
    },
    HeadObject: (input: HeadObjectRequest) => {
      const bucket = bucketOf(input);
      return headOf(bucket, bucket.get(input.Key ?? '', input.VersionId), input.ChecksumMode === 'ENABLED');
    },
    CopyObject: (input: CopyObjectRequest): CopyObjectOutput => copyObject(aws, bucketOf, input),
    DeleteObject: (input: DeleteObjectRequest): DeleteObjectOutput => {
      const { Key: _, ...outcome } = deleteObject(aws, bucketOf(input), input.Key ?? '', input.VersionId);
      const { DeleteMarkerVersionId, ...rest } = outcome;
      return DeleteMarkerVersionId === undefined ? rest : { ...rest, VersionId: DeleteMarkerVersionId };
    },
    DeleteObjects: (input: DeleteObjectsRequest): DeleteObjectsOutput => {
      const bucket = bucketOf(input);
      const deleted = (input.Delete?.Objects ?? []).map(({ Key = '', VersionId }) =>
        deleteObject(aws, bucket, Key, VersionId),
      );
      return input.Delete?.Quiet ? {} : { Deleted: deleted };
    },
  };
}

/** Stores an object; in a versioned bucket beside what was there, otherwise in its place. */
export function putObject(aws: EmbeddedAws, bucket: Bucket, input: PutInput): PutObjectOutput {
  const key = input.Key ?? '';
  if (input.IfNoneMatch === '*' && bucket.current(key)) {
    const text = 'At least one of the pre-conditions you specified did not hold';
    throw new AwsError('PreconditionFailed', text, { status: 412 });
  }
  const attributes = pick(input, [...DESCRIPTIVE, ...CHECKSUMS]);
  const body = input.Body ?? new Uint8Array();
  const version: ObjectVersion = {
    key,
    versionId: newVersionId(aws, bucket, key),
    isDeleteMarker: false,
    lastModified: new Date(aws.clock.now()),
    body,
    etag: `"${createHash('md5').update(body).digest('hex')}"`,
    attributes: { ContentType: 'binary/octet-stream', ...attributes },
  };
  bucket.put(version);
  const encryption: Pick<PutObjectOutput, 'ServerSideEncryption' | 'SSEKMSKeyId'> = {
    ServerSideEncryption: 'AES256',
    ...pick(attributes, ['ServerSideEncryption', 'SSEKMSKeyId']),
  };
  return { ETag: version.etag, ...pick(attributes, CHECKSUMS), ...encryption, ...versionIdOf(bucket, version) };
}

function copyObject(aws: EmbeddedAws, bucketOf: BucketOf, input: CopyObjectRequest): CopyObjectOutput {
  const [, source = '', key = ''] = /^\/?([^/]+)\/(.+)$/s.exec(decodeURIComponent(input.CopySource ?? '')) ?? [];
  const original = bucketOf({ Bucket: source }).get(key, undefined);
  const attributes = input.MetadataDirective === 'REPLACE' ? pick(input, DESCRIPTIVE) : original.attributes;
  const target = { ...attributes, Bucket: input.Bucket, Key: input.Key, Body: original.body };
  const { ETag } = putObject(aws, bucketOf(input), target);
  return { CopyObjectResult: { ETag, LastModified: new Date(aws.clock.now()) } };
}

function deleteObject(aws: EmbeddedAws, bucket: Bucket, key: string, versionId: string | undefined): DeletedObject {
  if (versionId !== undefined) {
    bucket.remove(key, versionId);
    return { Key: key, VersionId: versionId };
  }
  if (!bucket.isVersioned) {
    bucket.remove(key, NULL_VERSION);
    return { Key: key };
  }
  const marker = newVersionId(aws, bucket, key);
  bucket.put({
    key,
    versionId: marker,
    isDeleteMarker: true,
    lastModified: new Date(aws.clock.now()),
    body: new Uint8Array(),
    etag: '',
    attributes: {},
  });
  return { Key: key, DeleteMarker: true, DeleteMarkerVersionId: marker };
}

const newVersionId = (aws: EmbeddedAws, bucket: Bucket, key: string): string =>
  bucket.isVersioned ? aws.ids.id('object-version', `${bucket.name}/${key}`, 32) : NULL_VERSION;

const versionIdOf = (bucket: Bucket, version: ObjectVersion) =>
  bucket.isVersioned || version.versionId !== NULL_VERSION ? { VersionId: version.versionId } : {};

function headOf(bucket: Bucket, version: ObjectVersion, withChecksums: boolean) {
  const checksums = withChecksums ? pick(version.attributes, CHECKSUMS) : {};
  return {
    ...pick(version.attributes, DESCRIPTIVE),
    ...checksums,
    AcceptRanges: 'none',
    ContentLength: version.body.length,
    ETag: version.etag,
    LastModified: version.lastModified,
    ...versionIdOf(bucket, version),
  };
}

function pick(source: object, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(source).filter(([name, value]) => names.includes(name) && value !== undefined),
  );
}
