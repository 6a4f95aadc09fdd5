/** What `package-lock.json` tells of a package that is installed. */
interface Locked {
  /** An SPDX expression, as the package's own manifest gives it. */
  readonly license?: string;
  /** A workspace package of this repository. */
  readonly link?: boolean;
}

export interface LockFile {
  readonly packages: Readonly<Record<string, Locked>>;
}

/** Licences that ask for attribution at most. CC-BY-4.0 covers data of the build alone (caniuse-lite). */
const PERMISSIVE = new Set([
  ...['MIT', 'MIT-0', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', 'BlueOak-1.0.0'],
  ...['Zlib', 'CC0-1.0', 'CC-BY-4.0', 'Python-2.0', 'PSF-2.0'],
]);

/** One alternative of an OR must be permissive in every part of its AND. Nested parentheses are refused, for a person to read. */
function isPermissive(expression: string): boolean {
  const flat = expression.replace(/^\(([^()]*)\)$/, '$1');
  const alternatives = flat.includes('(') ? [] : flat.split(' OR ');
  return alternatives.some((each) => each.split(' AND ').every((licence) => PERMISSIVE.has(licence)));
}

/** The packages whose licence is missing or not permissive, one line each. */
export function refusedLicences({ packages }: LockFile): string[] {
  return Object.entries(packages)
    .filter(([path, { link }]) => path !== '' && !link)
    .filter(([, { license }]) => license === undefined || !isPermissive(license))
    .map(([path, { license }]) => `${path}: ${license ?? 'no licence'}`);
}
