/** How much a template may use. */
export interface JinjaLimits {
  /** Milliseconds of processor time one render may have; waiting for functions is not counted. Default 10,000. */
  readonly milliseconds?: number;
  /** Characters one render may print, and one text in it may have. Default 64 Mi. */
  readonly outputBytes?: number;
  /** Macros, includes, imports and recursive loops inside each other. Default 200. */
  readonly depth?: number;
  /** Items of one `range()`. Default 100,000, as Jinja's sandbox. */
  readonly rangeItems?: number;
}

/** How Jinja reads and prints; the names and defaults are those of Jinja's environment as Salt sets it up. */
export interface JinjaOptions {
  /** Whether the line break after a block tag is removed. Default false. */
  readonly trimBlocks?: boolean;
  /** Whether blanks before a block tag on its line are removed. Default false. */
  readonly lstripBlocks?: boolean;
  /**
   * Jinja's own option: whether a template keeps its last line break. Default false. Whatever it says, Salt
   * ends the output with a line break when the source ends with one, and so does `render`.
   */
  readonly keepTrailingNewline?: boolean;
  /** Whether using an undefined variable is an error (`strict`, the default) or prints nothing (`lenient`). */
  readonly undefined?: 'strict' | 'lenient';
  readonly blockStart?: string;
  readonly blockEnd?: string;
  readonly variableStart?: string;
  readonly variableEnd?: string;
  readonly commentStart?: string;
  readonly commentEnd?: string;
  /** Text that makes the rest of its line a block tag; none by default. */
  readonly lineStatementPrefix?: string;
  /** Text that makes the rest of its line a comment; none by default. */
  readonly lineCommentPrefix?: string;
  /**
   * Execution functions beside `salt`, by where templates find them: `{ __salt__: '*' }` is a further name for `salt`,
   * `{ 'tools.add': 'math.add' }` puts the function `math.add` into the dict `tools` of the context. None by default.
   */
  readonly functions?: Readonly<Record<string, string>>;
  readonly limits?: JinjaLimits;
}
