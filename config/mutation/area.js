import { project } from '../../jest.config.js';

/**
 * What Stryker is told of one area of the code.
 * @param name of the area, under which its report is kept in `.mutation/`
 * @param mutate files whose mutants must be noticed
 * @param tests files that may notice them; each of them is loaded for each mutant, so these few are named
 */
export const area = (name, { mutate, tests }) => ({
  mutate,
  // Stryker rewrites a tsconfig with TypeScript's JavaScript API, which TypeScript 7 has not; swc reads none.
  tsconfigFile: 'no-tsconfig',
  testRunner: 'jest',
  // Without any project of its own: otherwise each test would run once in each of jest's.
  jest: { config: { ...project('unit'), projects: [], testMatch: tests } },
  plugins: ['@stryker-mutator/jest-runner', './config/mutation/prose.js'],
  ignorers: ['prose'],
  coverageAnalysis: 'perTest',
  concurrency: 1,
  tempDirName: `.mutation/sandbox-${name}`,
  ignorePatterns: ['/.mutation', '/.tidegate', '/.serverless', '/.esbuild', '/bench'],
  reporters: ['clear-text', 'html', 'json'],
  htmlReporter: { fileName: `.mutation/${name}.html` },
  jsonReporter: { fileName: `.mutation/${name}.json` },
  incrementalFile: `.mutation/${name}-incremental.json`,
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  thresholds: { high: 95, low: 90, break: 90 },
});
