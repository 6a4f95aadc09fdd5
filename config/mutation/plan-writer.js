import { area } from './area.js';

/** One plan at a time; which of one API's is the most urgent belongs to the area `law`. */
export default area('plan-writer', {
  mutate: ['functions/plan-writer/plan-writer.ts', 'functions/plan-writer/wake-ups.ts', 'shared/state/plan-lease.ts'],
  tests: ['<rootDir>/tests/unit/functions/plan-writer*.test.ts', '<rootDir>/tests/unit/state/plan-lease.test.ts'],
});
