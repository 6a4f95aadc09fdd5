import { area } from './area.js';

/**
 * The law by rooms: each mutant loads every test file of its room, so all tests for all files would take hours.
 */
const PARTS = {
  /** What windows say of the backend and of its clients. */
  telling: 'demand*,evidence,health,histogram,intake,memory*,observed-demand,retries,signals',
  /** How much may be admitted in all. */
  tracking: 'changes,contention,cut*,drain,fast-errors,growth*,minutes,minute-raise,retreat,search,step,tracker',
  /** Whose it is, and what is written for that. */
  sharing: 'limits,minute-split,minute-tiers,shares,stage-*,standing,tier-*',
};

const testsOf = (names) => `<rootDir>/tests/unit/control/{${names}}.test.ts`;

export const part = (name) =>
  area(`control-${name}`, { mutate: [`shared/law/${name}/*.ts`], tests: [testsOf(PARTS[name])] });

/** The order of all that, and its explanation. */
export const rest = () =>
  area('control-deciding', { mutate: ['shared/law/*.ts'], tests: [testsOf('blind,conclude,law*,state')] });
