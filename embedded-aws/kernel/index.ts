export { ASSUMPTIONS } from './assumptions.ts';
export {
  ACCOUNT_ID,
  type Authorize,
  type Call,
  type Caller,
  DEVELOPER,
  EmbeddedAws,
  type Interceptor,
  type Operation,
  type PolicyDocument,
  type PolicyStatement,
  type Service,
} from './aws.ts';
export { AwsError } from './aws-error.ts';
export { hash32, normal, type Random, type RandomOf, seededRandom } from './random.ts';
export { type Clock, SimulationClock } from './simulation-clock.ts';
