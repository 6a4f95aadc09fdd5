export { authorizer } from './authorize.ts';
export { asList } from './conditions.ts';
export { matchesPattern } from './patterns.ts';
