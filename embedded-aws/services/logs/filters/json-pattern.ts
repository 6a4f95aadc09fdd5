import { AwsError } from '../../../kernel/aws-error.ts';
import { own } from '../../../kernel/plain-records.ts';

type Predicate = (document: unknown) => boolean;

const TOKEN =
  /\s*(?:(&&|\|\||!=|>=|<=|=|>|<|[(){}])|"((?:[^"\\]|\\.)*)"|(\$(?:\.[\w-]+|\[\d+\]|\["[^"]*"\])*)|([^\s(){}=<>!&|"]+))/y;

interface Token {
  readonly kind: 'symbol' | 'text' | 'path' | 'word';
  readonly value: string;
}

/** Compiles `{ … }`: comparisons of `$.paths`, joined with `&&` and `||` (which binds less) and parentheses. */
export function compileJsonPattern(pattern: string): (message: string) => boolean {
  const parser = new JsonPatternParser(tokenize(pattern), pattern);
  const predicate = parser.parse();
  return (message) => {
    const document = parseObject(message);
    return document !== undefined && predicate(document);
  };
}

/** The JSON object that a message is, or undefined: plain text matches no JSON pattern. */
export function parseObject(message: string): object | undefined {
  if (!message.trimStart().startsWith('{')) return undefined;
  try {
    const document: unknown = JSON.parse(message);
    return typeof document === 'object' && document !== null ? document : undefined;
  } catch {
    return undefined;
  }
}

/** The value at a path such as `$.a.b[0]`, or undefined. */
export function valueAt(document: unknown, path: string): unknown {
  let value: unknown = document;
  for (const [, name, index, quoted] of path.matchAll(/\.([\w-]+)|\[(\d+)\]|\["([^"]*)"\]/g)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = own(value as Record<string, unknown>, name ?? index ?? quoted ?? '');
  }
  return value;
}

const invalid = (): AwsError => new AwsError('InvalidParameterException', 'Invalid filter pattern');

function tokenize(pattern: string): Token[] {
  const tokens: Token[] = [];
  const scanner = new RegExp(TOKEN);
  const text = pattern.trimEnd();
  while (scanner.lastIndex < text.length) {
    const match = scanner.exec(text);
    if (!match) throw invalid();
    const [, symbol, quoted, path, word] = match;
    if (symbol !== undefined) tokens.push({ kind: 'symbol', value: symbol });
    else if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted.replace(/\\(.)/g, '$1') });
    else if (path !== undefined) tokens.push({ kind: 'path', value: path });
    else tokens.push({ kind: 'word', value: word ?? '' });
  }
  return tokens;
}

class JsonPatternParser {
  private readonly tokens: readonly Token[];
  private position = 0;

  constructor(tokens: readonly Token[], pattern: string) {
    this.tokens = tokens;
    if (!pattern.endsWith('}')) throw invalid();
  }

  parse(): Predicate {
    this.expect('{');
    const predicate = this.either();
    this.expect('}');
    if (this.position < this.tokens.length) throw invalid();
    return predicate;
  }

  private either(): Predicate {
    const parts = [this.all()];
    while (this.take('||')) parts.push(this.all());
    return (document) => parts.some((part) => part(document));
  }

  private all(): Predicate {
    const parts = [this.single()];
    while (this.take('&&')) parts.push(this.single());
    return (document) => parts.every((part) => part(document));
  }

  private single(): Predicate {
    if (this.take('(')) {
      const inner = this.either();
      this.expect(')');
      return inner;
    }
    const path = this.next('path').value;
    const operator = this.tokens[this.position++];
    if (operator?.kind === 'word') return this.state(path, operator.value);
    return comparison(path, operator?.value ?? '', this.tokens[this.position++]);
  }

  /** `IS NULL`, `IS TRUE`, `IS FALSE`, `NOT EXISTS`. */
  private state(path: string, first: string): Predicate {
    const words = `${first} ${this.next('word').value}`.toUpperCase();
    const wanted = { 'IS NULL': null, 'IS TRUE': true, 'IS FALSE': false, 'NOT EXISTS': undefined };
    if (!(words in wanted)) throw invalid();
    const value = wanted[words as keyof typeof wanted];
    return (document) => valueAt(document, path) === value;
  }

  private take(symbol: string): boolean {
    const token = this.tokens[this.position];
    const isIt = token?.kind === 'symbol' && token.value === symbol;
    if (isIt) this.position++;
    return isIt;
  }

  private expect(symbol: string): void {
    if (!this.take(symbol)) throw invalid();
  }

  private next(kind: Token['kind']): Token {
    const token = this.tokens[this.position++];
    if (token?.kind !== kind) throw invalid();
    return token;
  }
}

function comparison(path: string, operator: string, operand: Token | undefined): Predicate {
  if (!operand || operand.kind === 'symbol' || operand.kind === 'path') throw invalid();
  const number = operand.kind === 'word' && operand.value !== '' ? Number(operand.value) : Number.NaN;
  switch (operator) {
    case '=':
      return equality(path, operand.value, number);
    case '!=': {
      const equal = equality(path, operand.value, number);
      return (document) => valueAt(document, path) !== undefined && !equal(document);
    }
    case '>':
      return (document) => numberAt(document, path) > number;
    case '>=':
      return (document) => numberAt(document, path) >= number;
    case '<':
      return (document) => numberAt(document, path) < number;
    case '<=':
      return (document) => numberAt(document, path) <= number;
    default:
      throw invalid();
  }
}

function numberAt(document: unknown, path: string): number {
  const value = valueAt(document, path);
  return typeof value === 'number' ? value : Number.NaN;
}

/** A number equals a number or its text (access logs quote everything); `*` in a text stands for anything. */
function equality(path: string, text: string, number: number): Predicate {
  const escaped = text.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  const wildcard = new RegExp(`^${escaped}$`, 's');
  return (document) => {
    const value = valueAt(document, path);
    if (typeof value === 'number') return value === number;
    return typeof value === 'string' && wildcard.test(value);
  };
}
