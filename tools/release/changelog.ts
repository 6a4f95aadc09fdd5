const UNRELEASED = '## Unreleased\n';

/**
 * Moves what stands under Unreleased to a section of its own, and leaves Unreleased empty.
 * @param text of CHANGELOG.md
 * @param heading of the new section, such as `0.2.0 - 2026-12-01`
 * @throws Error when there is no such section, or nothing in it
 */
export function releasedChangelog(text: string, heading: string): string {
  const start = text.indexOf(UNRELEASED) + UNRELEASED.length;
  if (start < UNRELEASED.length)
    throw new Error('CHANGELOG.md has no section "## Unreleased". Fix: add it at the top.');
  const end = text.indexOf('\n## ', start);
  const entries = text.slice(start, end < 0 ? undefined : end);
  if (!entries.includes('\n- ')) {
    throw new Error('CHANGELOG.md has no entry under "## Unreleased". Fix: say there what users will notice.');
  }
  return `${text.slice(0, start)}\n## ${heading}\n${text.slice(start)}`;
}
