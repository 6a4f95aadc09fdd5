import { AwsError } from '../../kernel/aws-error.ts';

/** The version id of objects in a bucket that keeps no versions. */
export const NULL_VERSION = 'null';

/** One version of an object, or the mark that it was deleted. */
export interface ObjectVersion {
  readonly key: string;
  readonly versionId: string;
  readonly isDeleteMarker: boolean;
  readonly lastModified: Date;
  readonly body: Uint8Array;
  /** MD5 of the body in quotes, as S3 writes it. */
  readonly etag: string;
  /** What came with the body and goes out with it: content type, metadata, checksums. */
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A bucket: versions by key, newest first, and its settings as they were put. */
export class Bucket {
  readonly name: string;
  readonly createdAt: Date;
  readonly settings = new Map<string, unknown>();
  private readonly versions = new Map<string, ObjectVersion[]>();

  constructor(name: string, createdAt: Date) {
    this.name = name;
    this.createdAt = createdAt;
  }

  /** Whether a write keeps the replaced version. */
  get isVersioned(): boolean {
    const versioning = this.settings.get('BucketVersioning') as { Status?: string } | undefined;
    return versioning?.Status === 'Enabled';
  }

  get isEmpty(): boolean {
    return this.versions.size === 0;
  }

  /** All keys with any version, in the order that listings have. */
  get keys(): string[] {
    return [...this.versions.keys()].sort();
  }

  versionsOf(key: string): readonly ObjectVersion[] {
    return this.versions.get(key) ?? [];
  }

  /** The current version of an object; undefined when there is none or it is marked deleted. */
  current(key: string): ObjectVersion | undefined {
    const [newest] = this.versionsOf(key);
    return newest?.isDeleteMarker ? undefined : newest;
  }

  /** @throws AwsError `NoSuchKey` or `NoSuchVersion`. */
  get(key: string, versionId: string | undefined): ObjectVersion {
    const version =
      versionId === undefined ? this.current(key) : this.versionsOf(key).find((each) => each.versionId === versionId);
    if (version && !version.isDeleteMarker) return version;
    if (versionId === undefined) {
      throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404, members: { Key: key } });
    }
    throw new AwsError('NoSuchVersion', 'The specified version does not exist.', { status: 404 });
  }

  put(version: ObjectVersion): void {
    const kept = this.versionsOf(version.key).filter(({ versionId }) => versionId !== version.versionId);
    this.versions.set(version.key, [version, ...kept]);
  }

  /** Removes one version for good. */
  remove(key: string, versionId: string): void {
    const kept = this.versionsOf(key).filter((each) => each.versionId !== versionId);
    if (kept.length) this.versions.set(key, kept);
    else this.versions.delete(key);
  }
}
