import { Readable } from 'node:stream';
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketLocationCommand,
  GetBucketPolicyCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  NoSuchBucket,
  NoSuchKey,
  NoSuchUpload,
  NotFound,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { Cloud } from '../../../cloud.ts';
import { clientOptions, startCloud } from '../../support/cloud.ts';

const Bucket = 'deployment-bucket';
let cloud: Cloud;
let client: S3Client;

beforeEach(async () => {
  ({ cloud } = await startCloud());
  client = new S3Client({ ...clientOptions(cloud), forcePathStyle: true });
  await client.send(new CreateBucketCommand({ Bucket }));
});
afterEach(async () => {
  client.destroy();
  await cloud.close();
});

const put = (Key: string, Body: string | Uint8Array = Key) => client.send(new PutObjectCommand({ Bucket, Key, Body }));
const textOf = async (Key: string) => {
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
  return await Body?.transformToString();
};

test('an object comes back as it was put, with its type, metadata and checksum', async () => {
  const Body = Buffer.from('<zip> & bytes \u0000');
  const put = await client.send(
    new PutObjectCommand({ Bucket, Key: 'a/b c+ü.zip', Body, ContentType: 'application/zip', Metadata: { hash: '1' } }),
  );
  expect(put).toMatchObject({ ChecksumCRC32: expect.any(String), ServerSideEncryption: 'AES256' });
  const got = await client.send(new GetObjectCommand({ Bucket, Key: 'a/b c+ü.zip' }));
  expect(got).toMatchObject({ ContentType: 'application/zip', Metadata: { hash: '1' }, ETag: put.ETag });
  expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(Body);
});

test('a streamed body arrives without the chunks it travelled in', async () => {
  const Body = Readable.from([Buffer.alloc(70_000, 'a'), Buffer.alloc(10, 'b')]);
  await client.send(new PutObjectCommand({ Bucket, Key: 'stream', Body, ContentLength: 70_010 }));
  expect(await textOf('stream')).toBe(`${'a'.repeat(70_000)}${'b'.repeat(10)}`);
});

test('an upload in parts becomes one object, the parts in order', async () => {
  const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: 'large' }));
  const parts = ['one ', 'two ', 'three'].map((Body, index) => ({ PartNumber: index + 1, Body }));
  for (const part of parts.toReversed()) {
    await client.send(new UploadPartCommand({ Bucket, Key: 'large', UploadId, ...part }));
  }
  await client.send(new CompleteMultipartUploadCommand({ Bucket, Key: 'large', UploadId }));
  expect(await textOf('large')).toBe('one two three');
  const again = client.send(new AbortMultipartUploadCommand({ Bucket, Key: 'large', UploadId }));
  await expect(again).rejects.toBeInstanceOf(NoSuchUpload);
});

test('what is missing is refused by class', async () => {
  const get = client.send(new GetObjectCommand({ Bucket, Key: 'nothing' }));
  await expect(get).rejects.toBeInstanceOf(NoSuchKey);
  const head = client.send(new HeadObjectCommand({ Bucket, Key: 'nothing' }));
  await expect(head).rejects.toBeInstanceOf(NotFound);
  const list = client.send(new ListObjectsV2Command({ Bucket: 'no-such-bucket' }));
  await expect(list).rejects.toBeInstanceOf(NoSuchBucket);
  const headBucket = client.send(new HeadBucketCommand({ Bucket: 'no-such-bucket' }));
  await expect(headBucket).rejects.toMatchObject({ name: 'NotFound', $metadata: { httpStatusCode: 404 } });
});

test('keys are listed in order, page by page, folders once', async () => {
  for (const key of ['b/2', 'a', 'b/1', 'c/1']) await put(key);
  const all = await client.send(new ListObjectsV2Command({ Bucket }));
  expect(all.Contents?.map(({ Key }) => Key)).toEqual(['a', 'b/1', 'b/2', 'c/1']);
  const first = await client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/', MaxKeys: 2 }));
  expect(first).toMatchObject({ IsTruncated: true, CommonPrefixes: [{ Prefix: 'b/' }] });
  const ContinuationToken = first.NextContinuationToken;
  const second = await client.send(new ListObjectsV2Command({ Bucket, Delimiter: '/', ContinuationToken }));
  expect(second).toMatchObject({ IsTruncated: false, CommonPrefixes: [{ Prefix: 'c/' }], KeyCount: 1 });
  const below = await client.send(new ListObjectsV2Command({ Bucket, Prefix: 'b/', StartAfter: 'b/1' }));
  expect(below.Contents?.map(({ Key }) => Key)).toEqual(['b/2']);
});

test('a bucket goes only once it is empty', async () => {
  await put('a');
  await put('b');
  await expect(client.send(new DeleteBucketCommand({ Bucket }))).rejects.toMatchObject({ name: 'BucketNotEmpty' });
  const Delete = { Objects: [{ Key: 'a' }, { Key: 'b' }, { Key: 'never was' }] };
  const { Deleted } = await client.send(new DeleteObjectsCommand({ Bucket, Delete }));
  expect(Deleted?.map(({ Key }) => Key)).toEqual(['a', 'b', 'never was']);
  await client.send(new DeleteBucketCommand({ Bucket }));
  expect((await client.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([]);
});

test('a versioned bucket keeps what is replaced and what is deleted', async () => {
  const VersioningConfiguration = { Status: 'Enabled' as const };
  await client.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const first = await put('a', 'one');
  await put('a', 'two');
  await client.send(new DeleteObjectCommand({ Bucket, Key: 'a' }));
  await expect(textOf('a')).rejects.toBeInstanceOf(NoSuchKey);
  const old = await client.send(
    new GetObjectCommand({ Bucket, Key: 'a', ...(first.VersionId ? { VersionId: first.VersionId } : {}) }),
  );
  expect(await old.Body?.transformToString()).toBe('one');
  const { Versions, DeleteMarkers } = await client.send(new ListObjectVersionsCommand({ Bucket }));
  expect([Versions?.length, DeleteMarkers?.length]).toEqual([2, 1]);
});

test('settings are kept as they were put, and have the defaults of a new bucket', async () => {
  await expect(client.send(new GetBucketPolicyCommand({ Bucket }))).rejects.toMatchObject({
    name: 'NoSuchBucketPolicy',
  });
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  await client.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  expect((await client.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy);
  expect(await client.send(new GetBucketEncryptionCommand({ Bucket }))).toMatchObject({
    ServerSideEncryptionConfiguration: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }] },
  });
  expect((await client.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeUndefined();
});

test('an object can be copied', async () => {
  await put('from', 'text');
  await client.send(new CopyObjectCommand({ Bucket, Key: 'to', CopySource: `${Bucket}/from` }));
  expect(await textOf('to')).toBe('text');
});
