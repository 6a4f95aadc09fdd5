import { readFileSync } from 'node:fs';
import { type Policy, policySchema } from '../../shared/policy/schema.ts';

const FILE = new URL('../../config/policies/default.json', import.meta.url);

/** The policy that the template deploys, in enforce mode. */
export function benchPolicy(): Policy {
  const document: unknown = JSON.parse(readFileSync(FILE, 'utf8'));
  return policySchema.parse({ ...(document as object), api: 'bench/stage', mode: 'enforce' });
}
