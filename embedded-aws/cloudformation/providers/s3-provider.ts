import { document, documentText, flag, list, object, tagList, text } from './provider-schema.ts';
import { type Resource, resource } from './resource.ts';

const encryption = object({
  ServerSideEncryptionConfiguration: list(
    object({
      BucketKeyEnabled: flag.optional(),
      ServerSideEncryptionByDefault: object({ SSEAlgorithm: text, KMSMasterKeyID: text.optional() }).optional(),
    }),
  ),
});

const publicAccess = object({
  BlockPublicAcls: flag.optional(),
  BlockPublicPolicy: flag.optional(),
  IgnorePublicAcls: flag.optional(),
  RestrictPublicBuckets: flag.optional(),
});

const bucketSchema = object({
  BucketName: text.optional(),
  BucketEncryption: encryption.optional(),
  PublicAccessBlockConfiguration: publicAccess.optional(),
  VersioningConfiguration: object({ Status: text }).optional(),
  Tags: tagList.optional(),
});

type BucketResource = Resource<ReturnType<typeof bucketSchema.parse>>;

async function configure({ properties, call }: BucketResource, Bucket: string): Promise<void> {
  const { BucketEncryption, PublicAccessBlockConfiguration, VersioningConfiguration, Tags } = properties;
  if (BucketEncryption) {
    const Rules = BucketEncryption.ServerSideEncryptionConfiguration.map(
      ({ ServerSideEncryptionByDefault, BucketKeyEnabled }) => ({
        ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault,
        BucketKeyEnabled,
      }),
    );
    await call('s3', 'PutBucketEncryption', { Bucket, ServerSideEncryptionConfiguration: { Rules } });
  }
  if (PublicAccessBlockConfiguration)
    await call('s3', 'PutPublicAccessBlock', { Bucket, PublicAccessBlockConfiguration });
  if (VersioningConfiguration) await call('s3', 'PutBucketVersioning', { Bucket, VersioningConfiguration });
  if (Tags) await call('s3', 'PutBucketTagging', { Bucket, Tagging: { TagSet: Tags } });
}

const bucket = resource({
  type: 'AWS::S3::Bucket',
  schema: bucketSchema,
  replacement: ['BucketName'],
  nameProperty: 'BucketName',
  notImplemented: [
    'AccelerateConfiguration',
    'LifecycleConfiguration',
    'NotificationConfiguration',
    'CorsConfiguration',
  ],
  create: async ({ properties, call, generatedName }) => {
    const Bucket = properties.BucketName ?? generatedName(63).toLowerCase();
    await call('s3', 'CreateBucket', { Bucket });
    const attributes = {
      Arn: `arn:aws:s3:::${Bucket}`,
      DomainName: `${Bucket}.s3.amazonaws.com`,
      RegionalDomainName: `${Bucket}.s3.us-east-1.amazonaws.com`,
    };
    return { id: Bucket, attributes };
  },
  complete: (it, { id }) => configure(it, id),
  update: (it, { id }) => configure(it, id),
  delete: ({ call }, { id }) => call('s3', 'DeleteBucket', { Bucket: id }),
});

const bucketPolicySchema = object({ Bucket: text, PolicyDocument: document });
type BucketPolicyResource = Resource<ReturnType<typeof bucketPolicySchema.parse>>;

const putPolicy = ({ properties, call }: BucketPolicyResource) =>
  call('s3', 'PutBucketPolicy', { Bucket: properties.Bucket, Policy: documentText(properties.PolicyDocument) });

const bucketPolicy = resource({
  type: 'AWS::S3::BucketPolicy',
  schema: bucketPolicySchema,
  replacement: ['Bucket'],
  create: async (it) => {
    await putPolicy(it);
    return { id: it.properties.Bucket };
  },
  update: putPolicy,
  delete: ({ properties, call }) => call('s3', 'DeleteBucketPolicy', { Bucket: properties.Bucket }),
});

export const s3Types = [bucket, bucketPolicy];
