interface Manifest {
  version: string;
  readonly workspaces?: readonly string[];
}

interface LockFile {
  version: string;
  readonly packages: Record<string, { version?: string }>;
}

/** The files that hold the version, by path. */
export type Texts = Readonly<Record<string, string>>;

const LOCK = 'package-lock.json';
const written = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

/** The manifests of a root and its workspace packages, each with its folder (`''` for the root). */
export const manifestsOf = (root: string): readonly { folder: string; path: string }[] =>
  ['', ...((JSON.parse(root) as Manifest).workspaces ?? [])].map((folder) => ({
    folder,
    path: folder === '' ? 'package.json' : `${folder}/package.json`,
  }));

/**
 * The texts with the version set in each manifest and in package-lock.json.
 * @throws Error when package-lock.json lacks one of the packages
 */
export function withVersion(texts: Texts, version: string): Texts {
  const manifests = manifestsOf(texts['package.json'] ?? '');
  const lock = JSON.parse(texts[LOCK] ?? '') as LockFile;
  lock.version = version;
  const changed = manifests.map(({ folder, path }) => {
    const locked = lock.packages[folder];
    if (!locked) throw new Error(`package-lock.json lacks ${path}. Fix: npm install --package-lock-only.`);
    locked.version = version;
    return [path, written({ ...(JSON.parse(texts[path] ?? '') as Manifest), version })] as const;
  });
  return { ...Object.fromEntries(changed), [LOCK]: written(lock) };
}

/**
 * Whether one version (`major.minor.patch`) comes after another.
 * @throws Error when one of them is no such version
 */
export function isLater(version: string, than: string): boolean {
  const [a, b] = [version, than].map((text) => {
    if (!/^(0|[1-9]\d*)(\.(0|[1-9]\d*)){2}$/.test(text)) {
      throw new Error(`Expected a version such as 0.2.0, found "${text}".`);
    }
    return text.split('.').map(Number);
  });
  const [difference] = (a ?? []).map((part, at) => part - (b?.[at] ?? 0)).filter((each) => each !== 0);
  return (difference ?? 0) > 0;
}
