import { readFileSync } from 'node:fs';
import { type LockFile, refusedLicences } from './licences.ts';

/** `npm run licences`: fails for each package of package-lock.json whose licence is not permissive. */
function main(): number {
  const lock = JSON.parse(readFileSync('package-lock.json', 'utf8')) as LockFile;
  const refused = refusedLicences(lock);
  for (const line of refused) console.error(line);
  if (refused.length === 0) {
    console.log('Every licence in package-lock.json is permissive.');
    return 0;
  }
  console.error(
    'Expected permissive licences. Fix: replace the package, or allow its licence in tools/licences/licences.ts.',
  );
  return 1;
}

process.exitCode = main();
