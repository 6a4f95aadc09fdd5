import type {
  CreateBucketOutput,
  CreateBucketRequest,
  DeleteBucketRequest,
  HeadBucketOutput,
  HeadBucketRequest,
  ListBucketsOutput,
  ListObjectsV2Request,
  ListObjectVersionsRequest,
} from '@aws-sdk/client-s3';
import { type EmbeddedAws, type Operation, type Permission, REGION, type Service } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import { own } from '../../kernel/plain-records.ts';
import { Bucket } from './bucket.ts';
import { listObjects, listVersions } from './listing.ts';
import { multipartOperations } from './multipart.ts';
import { objectOperations } from './objects.ts';
import { settingOperations } from './settings.ts';

interface Addressing {
  readonly Bucket?: string | undefined;
  readonly Key?: string | undefined;
}

/** Operations whose IAM action has another name than they. */
const ACTIONS: Readonly<Record<string, string>> = {
  HeadObject: 'GetObject',
  CopyObject: 'PutObject',
  DeleteObjects: 'DeleteObject',
  HeadBucket: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListBuckets: 'ListAllMyBuckets',
};

/** S3: buckets, objects with versions, and the settings that deployments make. Addressed path-style. */
export class S3Service implements Service {
  readonly name = 's3';
  readonly operations: Readonly<Record<string, Operation>>;
  private readonly aws: EmbeddedAws;
  private readonly buckets = new Map<string, Bucket>();

  constructor(aws: EmbeddedAws) {
    this.aws = aws;
    const bucketOf = (input: Addressing) => this.bucket(input.Bucket);
    this.operations = {
      ...objectOperations(aws, bucketOf),
      ...multipartOperations(aws, bucketOf),
      ...settingOperations(bucketOf),
      CreateBucket: (input: CreateBucketRequest) => this.createBucket(input),
      DeleteBucket: (input: DeleteBucketRequest) => this.deleteBucket(input),
      HeadBucket: (input: HeadBucketRequest): HeadBucketOutput => {
        bucketOf(input);
        return { BucketRegion: REGION };
      },
      // The oldest region is the one that has no name here.
      GetBucketLocation: (input: Addressing) => void bucketOf(input),
      ListBuckets: (): ListBucketsOutput => ({
        Buckets: [...this.buckets.values()].map(({ name, createdAt }) => ({ Name: name, CreationDate: createdAt })),
      }),
      ListObjectsV2: (input: ListObjectsV2Request) => listObjects(bucketOf(input), input),
      ListObjectVersions: (input: ListObjectVersionsRequest) => listVersions(bucketOf(input), input),
    };
  }

  permission(operation: string, input: unknown): Permission {
    const { Bucket: bucket = '*', Key: key } = input as Addressing;
    const arn = `arn:aws:s3:::${bucket}`;
    const resource = operation === 'DeleteObjects' ? `${arn}/*` : arn;
    return {
      action: `s3:${own(ACTIONS, operation) ?? operation}`,
      resources: [key === undefined ? resource : `${arn}/${key}`],
    };
  }

  private bucket(name: string | undefined): Bucket {
    const bucket = this.buckets.get(name ?? '');
    if (bucket) return bucket;
    throw new AwsError('NoSuchBucket', 'The specified bucket does not exist', {
      status: 404,
      members: { BucketName: name ?? '' },
    });
  }

  /** In this region, creating a bucket that is already one's own succeeds and changes nothing. */
  private createBucket({ Bucket: name = '' }: CreateBucketRequest): CreateBucketOutput {
    if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name)) {
      throw new AwsError('InvalidBucketName', 'The specified bucket is not valid.', { status: 400 });
    }
    if (!this.buckets.has(name)) this.buckets.set(name, new Bucket(name, new Date(this.aws.clock.now())));
    return { Location: `/${name}` };
  }

  private deleteBucket({ Bucket: name = '' }: DeleteBucketRequest): void {
    if (!this.bucket(name).isEmpty) {
      throw new AwsError('BucketNotEmpty', 'The bucket you tried to delete is not empty', { status: 409 });
    }
    this.buckets.delete(name);
  }
}
