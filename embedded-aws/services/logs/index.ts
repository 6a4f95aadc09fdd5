export { LogDelay } from './delay.ts';
