import { own } from '../../../kernel/plain-records.ts';
import { type Expression, parseExpression } from './expression.ts';

/** Points of one metric or expression: a value by the beginning of its period, in milliseconds. */
export interface Points {
  readonly periodMs: number;
  readonly values: ReadonlyMap<number, number>;
}

type Value = number | string | Points | readonly Points[];

/** What an expression may refer to, and the instants that FILL fills. */
export interface MathContext {
  /** @returns the points of a query by its id. @throws SyntaxError for an unknown id. */
  resolve(id: string): Points;
  /** All metrics of the request (not its expressions). */
  metrics(): readonly Points[];
  readonly instants: readonly number[];
  readonly periodMs: number;
}

/** Evaluates metric math to a time series. @throws SyntaxError when it cannot be read, or is not a time series. */
export function evaluateExpression(text: string, context: MathContext): Points {
  const value = evaluate(parseExpression(text), context);
  if (typeof value === 'object' && 'values' in value && value.values instanceof Map) return value as Points;
  throw new SyntaxError(`"${text}" does not give a time series`);
}

function evaluate(expression: Expression, context: MathContext): Value {
  switch (expression.kind) {
    case 'number':
    case 'text':
      return expression.value;
    case 'reference':
      return context.resolve(expression.id);
    case 'list':
      return expression.items.map((item) => asPoints(evaluate(item, context)));
    case 'binary':
      return combine(expression.operator, evaluate(expression.left, context), evaluate(expression.right, context));
    case 'call':
      return call(
        expression.name,
        expression.parameters.map((parameter) => evaluate(parameter, context)),
        context,
      );
  }
}

const isPoints = (value: Value | undefined): value is Points => typeof value === 'object' && 'periodMs' in value;

function asPoints(value: Value | undefined): Points {
  if (isPoints(value)) return value;
  throw new SyntaxError('A time series was expected');
}

function asNumber(value: Value | undefined): number {
  if (typeof value === 'number') return value;
  throw new SyntaxError('A number was expected');
}

const OPERATORS: Readonly<Record<string, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '<': (left, right) => Number(left < right),
  '>': (left, right) => Number(left > right),
  '<=': (left, right) => Number(left <= right),
  '>=': (left, right) => Number(left >= right),
  '&&': (left, right) => Number(left !== 0 && right !== 0),
  '||': (left, right) => Number(left !== 0 || right !== 0),
};

/** Point by point; where one side has none, or the result is no number (a division by zero), there is no point. */
function combine(operator: string, left: Value, right: Value): Value {
  const operate = own(OPERATORS, operator);
  if (!operate) throw new SyntaxError(`Unknown operator ${operator}`);
  if (typeof left === 'number' && typeof right === 'number') return operate(left, right);
  const grid = isPoints(left) ? left : asPoints(right);
  return mapPoints(grid, (_value, atMs) => {
    const [a, b] = [valueAt(left, atMs), valueAt(right, atMs)];
    return a === undefined || b === undefined ? undefined : operate(a, b);
  });
}

function valueAt(value: Value | undefined, atMs: number): number | undefined {
  return isPoints(value) ? value.values.get(atMs) : asNumber(value);
}

function mapPoints(points: Points, map: (value: number, atMs: number) => number | undefined): Points {
  const values = new Map<number, number>();
  for (const [atMs, value] of points.values) {
    const mapped = map(value, atMs);
    if (mapped !== undefined && Number.isFinite(mapped)) values.set(atMs, mapped);
  }
  return { periodMs: points.periodMs, values };
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const REDUCERS: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: sum,
  AVG: (values) => sum(values) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

const MAPPERS: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

function call(name: string, parameters: readonly Value[], context: MathContext): Value {
  const [first, second, third] = parameters;
  const reduce = own(REDUCERS, name);
  if (reduce) return reduceValue(reduce, first);
  const map = own(MAPPERS, name);
  if (map) return typeof first === 'number' ? map(first) : mapPoints(asPoints(first), map);
  switch (name) {
    case 'METRICS':
      return context.metrics();
    case 'FILL':
      return Array.isArray(first)
        ? first.map((each) => fill(each, second, context))
        : fill(asPoints(first), second, context);
    case 'IF':
      return choose(first, second, third ?? Number.NaN);
    case 'RATE':
      return differences(asPoints(first), (change, elapsedMs) => change / (elapsedMs / 1000));
    case 'DIFF':
      return differences(asPoints(first), (change) => change);
    case 'PERIOD':
      return asPoints(first).periodMs / 1000;
    case 'TIME_SERIES': {
      const value = asNumber(first);
      return { periodMs: context.periodMs, values: new Map(context.instants.map((atMs) => [atMs, value])) };
    }
    default:
      throw new SyntaxError(`The function ${name} is not implemented`);
  }
}

/** An array becomes one series, over the instants at which any member has a point; a single series becomes a number. */
function reduceValue(reduce: (values: readonly number[]) => number, value: Value | undefined): Value {
  if (!Array.isArray(value)) {
    const values = [...asPoints(value).values.values()];
    return values.length === 0 ? 0 : reduce(values);
  }
  const members = value as readonly Points[];
  const instants = [...new Set(members.flatMap((member) => [...member.values.keys()]))].sort((a, b) => a - b);
  const present = (atMs: number) => members.flatMap((member) => member.values.get(atMs) ?? []);
  const periodMs = Math.max(0, ...members.map((member) => member.periodMs));
  return { periodMs, values: new Map(instants.map((atMs) => [atMs, reduce(present(atMs))])) };
}

function fill(points: Points, filler: Value | undefined, { instants }: MathContext): Points {
  const values = new Map<number, number>();
  let last: number | undefined;
  for (const atMs of instants) {
    last = points.values.get(atMs) ?? (filler === 'REPEAT' ? last : valueAt(filler, atMs));
    if (last !== undefined) values.set(atMs, last);
  }
  return { periodMs: points.periodMs, values };
}

function choose(condition: Value | undefined, then: Value | undefined, otherwise: Value): Value {
  if (typeof condition === 'number') return (condition !== 0 ? then : otherwise) ?? Number.NaN;
  return mapPoints(asPoints(condition), (value, atMs) => valueAt(value !== 0 ? then : otherwise, atMs));
}

function differences(points: Points, derive: (change: number, elapsedMs: number) => number): Points {
  let previous: readonly [number, number] | undefined;
  return mapPoints(points, (value, atMs) => {
    const before = previous;
    previous = [value, atMs];
    return before && derive(value - before[0], atMs - before[1]);
  });
}
