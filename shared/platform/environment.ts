import * as z from 'zod';
import { ConfigurationError } from './errors.ts';

const limitSchema = { rateRps: z.number().positive(), burst: z.int().min(1) };

/** The deployed baseline, which the functions receive in `TIDEGATE_BASELINE`. */
const deployedBaselineSchema = z.object({
  apiId: z.string().min(1),
  stage: z.string().min(1),
  stageLimit: z.object(limitSchema),
  tiers: z.record(z.string().min(1), z.object({ planId: z.string().min(1), ...limitSchema })),
});

export type DeployedBaseline = z.infer<typeof deployedBaselineSchema>;

/** The rules of the fail-safe (config/fail-safe.yml) and the deployed objective, received in `TIDEGATE_FAIL_SAFE`. */
const failSafeRulesSchema = z.strictObject({
  silentMinutes: z.int().min(2),
  healthyMinutes: z.int().min(1),
  leastAnswered: z.int().min(1),
  /** What the deployed policy calls well. */
  objective: z.strictObject({
    latencyPercentile: z.number().positive().max(100),
    latencyMs: z.number().positive(),
    errorShare: z.number().min(0).max(1),
  }),
});

export type FailSafeRules = z.infer<typeof failSafeRulesSchema>;

const text = z.string().min(1);

/** A variable that holds a JSON document. */
function json<Content>(schema: z.ZodType<Content>) {
  return text.transform((value, context) => {
    try {
      const parsed = schema.safeParse(JSON.parse(value));
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) {
        context.addIssue({ code: 'custom', message: issue.message, path: issue.path });
      }
    } catch {
      context.addIssue({ code: 'custom', message: 'is not valid JSON' });
    }
    return z.NEVER;
  });
}

/** Every variable that any function reads. */
export interface Variables {
  readonly STATE_TABLE: string;
  readonly PARAMETER_PREFIX: string;
  readonly PLAN_WRITES_QUEUE_URL: string;
  readonly LOOKS_QUEUE_URL: string;
  readonly FAIL_SAFE_QUEUE_URL: string;
  readonly TIDEGATE_BASELINE: DeployedBaseline;
  readonly TIDEGATE_FAIL_SAFE: FailSafeRules;
}

const variables: { readonly [Name in keyof Variables]: z.ZodType<Variables[Name]> } = {
  STATE_TABLE: text,
  PARAMETER_PREFIX: text.regex(/^\/.*[^/]$/, 'must begin with a slash and end without one'),
  PLAN_WRITES_QUEUE_URL: text,
  LOOKS_QUEUE_URL: text,
  FAIL_SAFE_QUEUE_URL: text,
  TIDEGATE_BASELINE: json(deployedBaselineSchema),
  TIDEGATE_FAIL_SAFE: json(failSafeRulesSchema),
};

/**
 * Reads the named environment variables, validated.
 * @throws ConfigurationError naming every variable that is absent or wrong, and why.
 */
export function readEnvironment<Name extends keyof Variables>(
  names: readonly Name[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Pick<Variables, Name> {
  const problems: string[] = [];
  const values: { -readonly [Key in keyof Variables]?: Variables[Key] } = {};
  for (const name of names) {
    const parsed = variables[name].safeParse(environment[name]);
    if (parsed.success) values[name] = parsed.data;
    else for (const issue of parsed.error.issues) problems.push(`${[name, ...issue.path].join('.')}: ${issue.message}`);
  }
  if (problems.length > 0)
    throw new ConfigurationError(`The environment variables are invalid. ${problems.join('; ')}`);
  return values as Pick<Variables, Name>;
}
