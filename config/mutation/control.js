import { area } from './area.js';

/**
 * What decides the limits, by parts: each mutant loads every test file of its part, so all tests for all files would take hours.
 * A file that no part names belongs to the last.
 */
const PARTS = {
  /** What windows say of the backend and of its clients. */
  telling: {
    files: 'demand,evidence,health,histogram,intake,memory,observed-demand,retries,signals',
    tests: 'demand*,evidence,health,histogram,intake,memory*,observed-demand,retries,signals',
  },
  /** How much may be admitted in all. */
  tracking: {
    files: 'contention,cut,fast-errors,growth,minutes,tracker',
    tests: 'contention,cut*,drain,fast-errors,growth*,minutes,minute-raise,retreat,search,tracker',
  },
  /** Whose it is, and what is written for that. */
  sharing: {
    files: 'limits,minute-split,minute-tiers,shares,stage-limits,standing,tier-levels',
    tests: 'limits,minute-split,minute-tiers,shares,stage-*,standing,tier-*',
  },
};

const filesOf = (names) => `shared/control/{${names}}.ts`;
const testsOf = (names) => `<rootDir>/tests/unit/control/{${names}}.test.ts`;

export const part = (name) =>
  area(`control-${name}`, { mutate: [filesOf(PARTS[name].files)], tests: [testsOf(PARTS[name].tests)] });

/** The order of all that, and its explanation. */
export const rest = () =>
  area('control-deciding', {
    mutate: ['shared/control/**/*.ts', ...Object.values(PARTS).map(({ files }) => `!${filesOf(files)}`)],
    tests: [testsOf('blind,changes,conclude,evidence,law*,state,step')],
  });
