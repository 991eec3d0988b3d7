export type TokenType =
  | 'data'
  | 'variable_begin'
  | 'variable_end'
  | 'block_begin'
  | 'block_end'
  | 'name'
  | 'string'
  | 'integer'
  | 'float'
  | 'operator'
  | 'eof';

/** A piece of a template. */
export interface Token {
  readonly type: TokenType;
  /** Text of data, names and operators; the value of texts; digits of numbers without their `_`. */
  readonly value: string;
  /** Where it starts in the template's text. */
  readonly offset: number;
}

const names: Partial<Record<TokenType, string>> = {
  eof: 'the end of the template',
  data: 'template text',
  variable_begin: 'the start of a print statement',
  variable_end: 'the end of the print statement',
  block_begin: 'the start of a tag',
  block_end: 'the end of the tag',
  string: 'a text',
};

/** A token as messages name it. */
export function describeToken(token: Token): string {
  return names[token.type] ?? `'${token.value}'`;
}
