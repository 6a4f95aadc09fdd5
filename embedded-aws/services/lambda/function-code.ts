import { createHash } from 'node:crypto';
import { unzipSync } from 'fflate';
import { DEVELOPER, type EmbeddedAws } from '../../kernel/aws.ts';
import { type PreparedBundle, prepareBundle } from '../../runtime/bundle-loader.ts';
import { invalidParameter } from './function-record.ts';

/** A deployment package, unpacked. */
export interface FunctionPackage {
  readonly bundle: PreparedBundle;
  /** Base64, as AWS shows it. */
  readonly codeSha256: string;
  readonly codeSizeBytes: number;
}

export interface CodeSource {
  readonly ZipFile?: Uint8Array | undefined;
  readonly S3Bucket?: string | undefined;
  readonly S3Key?: string | undefined;
  readonly S3ObjectVersion?: string | undefined;
}

/**
 * Fetches and unpacks a function's code.
 * @throws InvalidParameterValueException when there is none, it cannot be read or is not a zip file.
 */
export async function loadCode(aws: EmbeddedAws, source: CodeSource): Promise<FunctionPackage> {
  const zip = source.ZipFile ?? (await fetchFromS3(aws, source));
  const bundle = await prepareBundle(unzip(zip));
  const codeSha256 = createHash('sha256').update(zip).digest('base64');
  return { bundle, codeSha256, codeSizeBytes: zip.byteLength };
}

function unzip(zip: Uint8Array): ReadonlyMap<string, Uint8Array> {
  try {
    return new Map(Object.entries(unzipSync(zip)));
  } catch {
    throw invalidParameter('Could not unzip uploaded file. Please check your file, then try to upload again.');
  }
}

async function fetchFromS3(aws: EmbeddedAws, source: CodeSource): Promise<Uint8Array> {
  const { S3Bucket: Bucket, S3Key: Key, S3ObjectVersion: VersionId } = source;
  if (!Bucket || !Key) throw invalidParameter('Please provide a source for function code.');
  try {
    const object = await aws.call<{ Body: Uint8Array }>(DEVELOPER, 's3', 'GetObject', { Bucket, Key, VersionId });
    return object.Body;
  } catch (error) {
    const { name, message } = error as Error;
    throw invalidParameter(`Error occurred while GetObject. S3 Error Code: ${name}. S3 Error Message: ${message}`);
  }
}
