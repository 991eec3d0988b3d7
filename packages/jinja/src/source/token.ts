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

/** A token as messages name it. */
export function describeToken(token: Token): string {
  switch (token.type) {
    case 'eof':
      return 'the end of the template';
    case 'data':
      return 'template text';
    case 'variable_end':
      return 'the end of the print statement';
    case 'block_end':
      return 'the end of the tag';
    case 'variable_begin':
      return 'the start of a print statement';
    case 'block_begin':
      return 'the start of a tag';
    case 'string':
      return 'a text';
    default:
      return `'${token.value}'`;
  }
}
