import { own } from '../../../kernel/plain-records.ts';
/** Metric math: a syntax tree. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'reference'; readonly id: string }
  | { readonly kind: 'list'; readonly items: readonly Expression[] }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly Expression[] }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression };

const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|([A-Za-z]\w*)|(['"])(.*?)\3|(&&|\|\||==|!=|<=|>=|[-+*/^<>()[\],]))/y;

/** Weakest binding first; all but `^` group to the left. */
const LEVELS: readonly (readonly string[])[] = [
  ['||', 'OR'],
  ['&&', 'AND'],
  ['==', '!=', '<', '>', '<=', '>='],
  ['+', '-'],
  ['*', '/'],
  ['^'],
];

const SPELLING: Readonly<Record<string, string>> = { OR: '||', AND: '&&' };

interface Token {
  readonly kind: 'number' | 'name' | 'text' | 'symbol' | 'end';
  readonly value: string;
}

/** Parses a metric-math expression. @throws SyntaxError with the place where it cannot be read. */
export function parseExpression(text: string): Expression {
  return new ExpressionParser(text).parse();
}

class ExpressionParser {
  private readonly text: string;
  private readonly scanner = new RegExp(TOKEN);
  private token: Token = { kind: 'end', value: '' };

  constructor(text: string) {
    this.text = text.trim();
  }

  parse(): Expression {
    this.advance();
    const expression = this.level(0);
    if (this.token.kind !== 'end') this.fail();
    return expression;
  }

  private level(depth: number): Expression {
    const operators = LEVELS[depth];
    if (!operators) return this.unary();
    let left = this.level(depth + 1);
    while (operators.includes(this.token.value)) {
      const operator = own(SPELLING, this.token.value) ?? this.token.value;
      this.advance();
      left = { kind: 'binary', operator, left, right: this.level(depth + 1) };
    }
    return left;
  }

  private unary(): Expression {
    if (!this.take('-')) return this.primary();
    return { kind: 'binary', operator: '-', left: { kind: 'number', value: 0 }, right: this.unary() };
  }

  private primary(): Expression {
    if (this.take('(')) {
      const inner = this.level(0);
      this.expect(')');
      return inner;
    }
    if (this.take('[')) return { kind: 'list', items: this.listUntil(']') };
    const { kind, value } = this.token;
    if (kind === 'symbol' || kind === 'end') return this.fail();
    this.advance();
    if (kind === 'number') return { kind, value: Number(value) };
    if (kind === 'text') return { kind, value };
    if (value === 'REPEAT') return { kind: 'text', value };
    return this.take('(')
      ? { kind: 'call', name: value, parameters: this.listUntil(')') }
      : { kind: 'reference', id: value };
  }

  private listUntil(end: string): Expression[] {
    const items: Expression[] = [];
    if (this.take(end)) return items;
    do items.push(this.level(0));
    while (this.take(','));
    this.expect(end);
    return items;
  }

  private take(symbol: string): boolean {
    if (this.token.kind !== 'symbol' || this.token.value !== symbol) return false;
    this.advance();
    return true;
  }

  private expect(symbol: string): void {
    if (!this.take(symbol)) this.fail();
  }

  private advance(): void {
    if (this.scanner.lastIndex >= this.text.length) {
      this.token = { kind: 'end', value: '' };
      return;
    }
    const match = this.scanner.exec(this.text);
    if (!match) throw new SyntaxError(`Unexpected character in "${this.text}"`);
    const [, number, name, , text, symbol] = match;
    if (number !== undefined) this.token = { kind: 'number', value: number };
    else if (name !== undefined) this.token = { kind: 'name', value: name };
    else if (text !== undefined) this.token = { kind: 'text', value: text };
    else this.token = { kind: 'symbol', value: symbol ?? '' };
  }

  private fail(): never {
    throw new SyntaxError(`Unexpected "${this.token.value}" in "${this.text}"`);
  }
}
