import * as z from 'zod';

/** Stands in for the full schema, which the policy's owner writes; the names below are the contract. */
export const policySchema = z.strictObject({
  /** `<rest api id>/<stage>` */
  api: z.string(),
  mode: z.enum(['shadow', 'advise', 'enforce']).default('shadow'),
});

export type Policy = z.infer<typeof policySchema>;
