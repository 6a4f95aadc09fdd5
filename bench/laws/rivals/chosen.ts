/** By rival: the setting and the allocation with the best mean stress ratio on the tuning seeds (`npm run bench:tune`). */
export const CHOSEN: Readonly<Record<string, string>> = {
  tutorial: 'published:stage',
  aimd: 'published:shares',
  gradient2: 'published:shares',
  vegas: 'published:shares',
  'cinnamon-pid': 'published:shares',
  topfull: 'published:shares',
  'aperture-aimd': 'published:shares',
};
