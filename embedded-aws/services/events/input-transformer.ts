import type { InputTransformer, Target } from '@aws-sdk/client-eventbridge';
import { own } from '../../kernel/plain-records.ts';

/** One event as it travels to targets. */
export interface DeliveredEvent {
  readonly version: '0';
  readonly id: string;
  readonly 'detail-type': string;
  readonly source: string;
  readonly account: string;
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: unknown;
}

export interface MatchedRule {
  readonly name: string;
  readonly arn: string;
}

/** The text that a target gets for an event: the event itself, or what the target's input settings make of it. */
export function targetInput(target: Target, event: DeliveredEvent, rule: MatchedRule): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) return JSON.stringify(valueAt(event, target.InputPath) ?? null);
  if (target.InputTransformer) return transform(target.InputTransformer, event, rule);
  return JSON.stringify(event);
}

/** The value at a path such as `$.detail.items[0].name`; `undefined` when there is none. */
export function valueAt(event: unknown, path: string): unknown {
  const steps = path.replace(/^\$\.?/, '').match(/\['[^']*'\]|\[\d+\]|[^.[\]]+/g) ?? [];
  let value = event;
  for (const step of steps) {
    const key = step.replace(/^\['?|'?\]$/g, '');
    value = typeof value === 'object' && value !== null ? own(value as Record<string, unknown>, key) : undefined;
  }
  return value;
}

const PLACEHOLDER = /<([A-Za-z0-9_.-]+)>/g;

function predefined(event: DeliveredEvent, rule: MatchedRule): Readonly<Record<string, unknown>> {
  const { detail, 'detail-type': detailType, ...rest } = event;
  return {
    'aws.events.rule-arn': rule.arn,
    'aws.events.rule-name': rule.name,
    'aws.events.event.ingestion-time': event.time,
    'aws.events.event.json': event,
    'aws.events.event': { ...rest, detailType },
  };
}

function transform(transformer: InputTransformer, event: DeliveredEvent, rule: MatchedRule): string {
  const template = transformer.InputTemplate ?? '';
  const paths = transformer.InputPathsMap ?? {};
  const builtIn = predefined(event, rule);
  const valueFor = (name: string) =>
    Object.hasOwn(builtIn, name) ? own(builtIn, name) : valueAt(event, own(paths, name) ?? '');
  const isJson = /^\s*[{[]/.test(template);
  if (!isJson) return template.replace(PLACEHOLDER, (_, name: string) => plainText(valueFor(name), template));
  return template
    .split(/("(?:[^"\\]|\\.)*")/)
    .map((part, index) => {
      const isQuoted = index % 2 === 1;
      return part.replace(PLACEHOLDER, (_, name: string) => inserted(valueFor(name), isQuoted));
    })
    .join('');
}

/** A value inside a JSON template: as JSON, or as text where the template already has the quotes. */
function inserted(value: unknown, isQuoted: boolean): string {
  if (!isQuoted) return JSON.stringify(value ?? '');
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? JSON.stringify(value).slice(1, -1) : loose(value);
}

/** A value inside a text template. A template that is one quoted text stays quoted; its line breaks are kept. */
function plainText(value: unknown, template: string): string {
  if (value === undefined || value === null) return '';
  if (template.trim() === PLACEHOLDER_ONLY.exec(template.trim())?.[0]) return JSON.stringify(value);
  return typeof value === 'string' ? value : loose(value);
}

const PLACEHOLDER_ONLY = /^<[A-Za-z0-9_.-]+>$/;

/** Objects and lists inside text lose their quotes, as AWS renders them. */
function loose(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(loose).join(',')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  return `{${Object.entries(value)
    .map(([name, member]) => `${name}:${loose(member)}`)
    .join(',')}}`;
}

/** The first placeholder of a template that no path declares; `undefined` when all are declared. */
export function undeclaredPlaceholder(transformer: InputTransformer): string | undefined {
  const declared = transformer.InputPathsMap ?? {};
  for (const [, name = ''] of (transformer.InputTemplate ?? '').matchAll(PLACEHOLDER)) {
    if (!name.startsWith('aws.events.') && !(name in declared)) return name;
  }
  return undefined;
}
