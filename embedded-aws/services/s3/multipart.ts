import { createHash } from 'node:crypto';
import type {
  AbortMultipartUploadRequest,
  CompleteMultipartUploadOutput,
  CompleteMultipartUploadRequest,
  CreateMultipartUploadOutput,
  CreateMultipartUploadRequest,
  UploadPartOutput,
} from '@aws-sdk/client-s3';
import type { EmbeddedAws } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { type BucketOf, putObject } from './objects.ts';

interface Upload {
  readonly input: CreateMultipartUploadRequest;
  readonly parts: Map<number, Uint8Array>;
}
interface PartInput {
  readonly UploadId?: string;
  readonly PartNumber?: number;
  readonly Body?: Uint8Array;
}

/** Uploads in parts, as the SDK sends objects above five megabytes. */
export function multipartOperations(aws: EmbeddedAws, bucketOf: BucketOf) {
  const uploads = new Map<string, Upload>();
  const uploadOf = (id: string | undefined): Upload => {
    const upload = uploads.get(id ?? '');
    if (upload) return upload;
    throw new AwsError('NoSuchUpload', 'The specified multipart upload does not exist.', { status: 404 });
  };
  return {
    CreateMultipartUpload: (input: CreateMultipartUploadRequest): CreateMultipartUploadOutput => {
      const { name } = bucketOf(input);
      const UploadId = aws.ids.id('upload', `${name}/${input.Key}`, 32);
      uploads.set(UploadId, { input, parts: new Map() });
      return { Bucket: input.Bucket, Key: input.Key, UploadId };
    },
    UploadPart: ({ UploadId, PartNumber = 1, Body = new Uint8Array() }: PartInput): UploadPartOutput => {
      uploadOf(UploadId).parts.set(PartNumber, Body);
      return { ETag: `"${createHash('md5').update(Body).digest('hex')}"` };
    },
    CompleteMultipartUpload: (input: CompleteMultipartUploadRequest): CompleteMultipartUploadOutput => {
      const { input: begun, parts } = uploadOf(input.UploadId);
      const order = [...parts.keys()].sort((a, b) => a - b);
      const Body = Buffer.concat(order.flatMap((number) => parts.get(number) ?? []));
      const { ETag, VersionId } = putObject(aws, bucketOf(begun), { ...begun, Body });
      uploads.delete(input.UploadId ?? '');
      return { Bucket: begun.Bucket, Key: begun.Key, ETag, ...(VersionId === undefined ? {} : { VersionId }) };
    },
    AbortMultipartUpload: ({ UploadId }: AbortMultipartUploadRequest): void => {
      uploadOf(UploadId);
      uploads.delete(UploadId ?? '');
    },
  };
}
