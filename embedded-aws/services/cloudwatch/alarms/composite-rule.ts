import type { StateValue } from '@aws-sdk/client-cloudwatch';
import { validationError } from '../cloudwatch-errors.ts';

/** A compiled alarm rule: the alarms it names, and its result for their states. */
export interface CompositeRule {
  readonly children: readonly string[];
  /** @param stateOf a child's state; undefined for one that is gone. */
  evaluate(stateOf: (name: string) => StateValue | undefined): boolean;
}

type Node = CompositeRule['evaluate'];

const TOKEN =
  /\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:"([^"]+)"|([^\s()"]+))\s*\)|(AND|OR|NOT|TRUE|FALSE)\b|([()]))/iy;

/** Parses `ALARM("a") AND (OK(b) OR NOT INSUFFICIENT_DATA(c))`; names may be ARNs. @throws AwsError ValidationError */
export function parseCompositeRule(rule: string): CompositeRule {
  const parser = new RuleParser(rule);
  const evaluate = parser.parse();
  return { children: [...parser.children], evaluate };
}

interface Token {
  readonly word: string;
  readonly alarm: string | undefined;
}

class RuleParser {
  readonly children = new Set<string>();
  private readonly rule: string;
  private readonly tokens: readonly Token[];
  private position = 0;

  constructor(rule: string) {
    this.rule = rule.trim();
    this.tokens = [...this.tokenize()];
  }

  parse(): Node {
    const node = this.either();
    if (this.position < this.tokens.length) this.fail();
    return node;
  }

  private *tokenize(): Iterable<Token> {
    const scanner = new RegExp(TOKEN);
    while (scanner.lastIndex < this.rule.length) {
      const match = scanner.exec(this.rule);
      if (!match) this.fail();
      const [, state, quoted, bare, word, symbol] = match ?? [];
      const alarm = (quoted ?? bare)?.replace(/^arn:aws:cloudwatch:[^:]+:\d+:alarm:/, '');
      if (alarm !== undefined) this.children.add(alarm);
      yield { word: (state ?? word ?? symbol ?? '').toUpperCase(), alarm };
    }
  }

  private either(): Node {
    const parts = [this.all()];
    while (this.take('OR')) parts.push(this.all());
    return (stateOf) => parts.some((part) => part(stateOf));
  }

  private all(): Node {
    const parts = [this.single()];
    while (this.take('AND')) parts.push(this.single());
    return (stateOf) => parts.every((part) => part(stateOf));
  }

  private single(): Node {
    if (this.take('NOT')) {
      const inner = this.single();
      return (stateOf) => !inner(stateOf);
    }
    if (this.take('(')) {
      const inner = this.either();
      if (!this.take(')')) this.fail();
      return inner;
    }
    const token = this.tokens[this.position++];
    if (token?.word === 'TRUE') return () => true;
    if (token?.word === 'FALSE') return () => false;
    const { alarm, word } = token ?? {};
    return alarm === undefined ? this.fail() : (stateOf) => stateOf(alarm) === word;
  }

  private take(word: string): boolean {
    const token = this.tokens[this.position];
    if (token?.word !== word || token.alarm !== undefined) return false;
    this.position++;
    return true;
  }

  private fail(): never {
    throw validationError(`AlarmRule cannot be parsed: ${this.rule}`);
  }
}
