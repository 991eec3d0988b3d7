import { loadJson } from '@brine/common';
import { fault } from '../template-fault.ts';
import type { RuntimeValue } from '../values/runtime-value.ts';

export type JmesTokenType = 'name' | 'quoted' | 'number' | 'literal' | 'sign' | 'end';

export interface JmesToken {
  readonly type: JmesTokenType;
  /** The sign, name or number as text. */
  readonly text: string;
  /** What a literal stands for. */
  readonly value: RuntimeValue;
}

const pattern =
  /\s+|(?<name>[A-Za-z_][A-Za-z0-9_]*)|(?<quoted>"(?:[^"\\]|\\.)*")|(?<number>-?\d+)|(?<json>`(?:[^`\\]|\\[\s\S])*`)|(?<raw>'(?:[^'\\]|\\[\s\S])*')|(?<sign>\[\]|\[\?|&&|\|\||[=!<>]=|[.*@&|!<>[\](){},:])/gy;

/** Splits a JMESPath expression into tokens. */
export function tokenizeJmes(expression: string): JmesToken[] {
  const tokens: JmesToken[] = [];
  let position = 0;
  while (position < expression.length) {
    pattern.lastIndex = position;
    const match = pattern.exec(expression);
    if (match === null) throw fault(`Bad jmespath expression: unknown token at column ${position} in '${expression}'`);
    position = pattern.lastIndex;
    const token = toToken(match.groups ?? {});
    if (token !== undefined) tokens.push(token);
  }
  tokens.push({ type: 'end', text: 'the end', value: null });
  return tokens;
}

function toToken(groups: Record<string, string | undefined>): JmesToken | undefined {
  const { name, quoted, number, json, raw, sign } = groups;
  if (name !== undefined) return { type: 'name', text: name, value: null };
  if (quoted !== undefined) return { type: 'quoted', text: unquote(quoted), value: null };
  if (number !== undefined) return { type: 'number', text: number, value: null };
  if (json !== undefined)
    return { type: 'literal', text: json, value: readJson(json.slice(1, -1).replaceAll('\\`', '`')) };
  if (raw !== undefined) return { type: 'literal', text: raw, value: raw.slice(1, -1).replaceAll("\\'", "'") };
  return sign === undefined ? undefined : { type: 'sign', text: sign, value: null };
}

function unquote(quoted: string): string {
  const name = loadJson(quoted);
  return typeof name === 'string' ? name : quoted;
}

/** A JSON literal; what is no JSON is a text, as older JMESPath had it. */
function readJson(text: string): RuntimeValue {
  try {
    return loadJson(text.trimStart());
  } catch {
    return text.trimStart();
  }
}
