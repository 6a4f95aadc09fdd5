/**
 * Every rule that the law can name in a conclusion. docs/control-law.md holds the table of what each means; a test
 * keeps the two together.
 */
export const RULES = [
  'first-look',
  'tighten-burst',
  'no-news',
  'blind-hold',
  'blind-fallback',
  'idle',
  'too-few-answers',
  'at-rest',
  'guard-sized',
  'guard-binds',
  'plans-adjusted',
  'back-to-rest',
  'awaiting-effect',
  'awaiting-plans',
  'total-not-reached',
  'cooling-down',
  'congested-cut',
  'severe-cut',
  'backlog-draining',
  'drain-over',
  'probe-retreat',
  'watching',
  'cut-does-not-help',
  'error-test',
  'error-test-running',
  'errors-are-load',
  'errors-not-load',
  'bracket-tight',
  'near-knee',
  'believed-demand-met',
  'bisect',
  'probe',
  'climb-to-plateau',
  'exploration-suspended',
  'at-ceiling',
  'probing-stopped',
] as const;

export type Rule = (typeof RULES)[number];
