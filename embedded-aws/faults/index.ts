export { FAULT_KINDS, type Fault } from './fault.ts';
export { FaultInjector, knownOperations } from './injector.ts';
export { FAULT_FORM, FaultSpecError, parseFault } from './parse-fault.ts';
