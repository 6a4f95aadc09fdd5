import type {
  DeleteDashboardsInput,
  GetDashboardInput,
  GetDashboardOutput,
  ListDashboardsInput,
  ListDashboardsOutput,
  PutDashboardInput,
  PutDashboardOutput,
} from '@aws-sdk/client-cloudwatch';
import { ACCOUNT_ID } from '../../kernel/aws.ts';
import { AwsError } from '../../kernel/aws-error.ts';
import type { Clock } from '../../kernel/simulation-clock.ts';

interface Dashboard {
  readonly body: string;
  readonly modifiedMs: number;
}

export const dashboardArn = (name: string): string => `arn:aws:cloudwatch::${ACCOUNT_ID}:dashboard/${name}`;

const notFound = (name: string): AwsError =>
  new AwsError('DashboardNotFoundError', `Dashboard ${name} does not exist`, { status: 404 });

/** Dashboards are kept as they were written; nothing here draws them. */
export class Dashboards {
  private readonly clock: Clock;
  private readonly dashboards = new Map<string, Dashboard>();

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** @throws AwsError InvalidParameterInput for a bad name or a body that is not a JSON object. */
  put(input: PutDashboardInput): PutDashboardOutput {
    const { DashboardName: name = '', DashboardBody: body = '' } = input;
    if (!/^[\w-]{1,255}$/.test(name)) throw invalid('The value for field DashboardName is not valid');
    if (!isJsonObject(body)) throw invalid('The field DashboardBody must be a valid JSON object');
    this.dashboards.set(name, { body, modifiedMs: this.clock.now() });
    return { DashboardValidationMessages: [] };
  }

  get(input: GetDashboardInput): GetDashboardOutput {
    const name = input.DashboardName ?? '';
    const dashboard = this.dashboards.get(name);
    if (!dashboard) throw notFound(name);
    return { DashboardArn: dashboardArn(name), DashboardBody: dashboard.body, DashboardName: name };
  }

  list(input: ListDashboardsInput): ListDashboardsOutput {
    const found = [...this.dashboards].filter(([name]) => name.startsWith(input.DashboardNamePrefix ?? ''));
    return {
      DashboardEntries: found.map(([name, { body, modifiedMs }]) => ({
        DashboardName: name,
        DashboardArn: dashboardArn(name),
        LastModified: new Date(modifiedMs),
        Size: Buffer.byteLength(body),
      })),
    };
  }

  /** @throws AwsError when one is missing: none is deleted then. */
  delete(input: DeleteDashboardsInput): void {
    const names = input.DashboardNames ?? [];
    const missing = names.find((name) => !this.dashboards.has(name));
    if (missing !== undefined) throw notFound(missing);
    for (const name of names) this.dashboards.delete(name);
  }
}

const invalid = (message: string): AwsError => new AwsError('DashboardInvalidInputError', message);

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
