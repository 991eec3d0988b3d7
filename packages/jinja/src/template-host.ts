import type { Dict, Value } from '@brine/common';

/** The text of a template. */
export interface TemplateSource {
  /** Path as users know it; what errors name. */
  readonly file: string;
  readonly text: string;
  /**
   * What the template sees, beside everything the rendered template was given, when it is imported without context.
   * Without it, an imported template of a context that has `tplfile` gets its own `tplfile`, `tpldir` and `tpldot`,
   * made from `file`.
   */
  readonly variables?: Dict;
}

/** Finds templates for `include`, `import`, `from` and `extends`. */
export interface TemplateLoader {
  /**
   * The template of a name as written in the tag, or `undefined` when there is none.
   * `parent` is the `file` of the template that the tag stands in.
   */
  load(name: string, parent: string): TemplateSource | undefined;
}

/** The few looks at files and users that Salt's filters take. All paths are absolute. */
export interface TemplateFiles {
  /** Bytes of a file, at most `limit` of them when given; `undefined` when it cannot be read. */
  read(path: string, limit?: number): Uint8Array | undefined;
  /** Size in bytes of what is at a path; `undefined` when there is nothing. */
  size(path: string): number | undefined;
  /** Whether a path is a regular file. */
  isFile(path: string): boolean;
  /** Full paths of everything below a folder, in no particular order. */
  list(folder: string): readonly string[];
  /** Full path of a program, searched as a shell does; `undefined` when there is none. */
  which(program: string): string | undefined;
  /** Number of a user, of the current one without a name; `undefined` when there is none. */
  userId(name?: string): number | undefined;
}

/** Everything a template can reach. */
export interface TemplateHost {
  readonly loader: TemplateLoader;
  /** Calls an execution function and waits for its answer; what it throws becomes an error at the line of the call. */
  readonly call: (name: string, positional: readonly Value[], keyword: Dict) => Value;
  /** Whether an execution function exists; without it every name is taken to exist until it is called. */
  readonly has?: (name: string) => boolean;
  /** What the filters about files and users look at; without it they are refused. */
  readonly files?: TemplateFiles;
  /** Gets what the `profile` tag measures and what filters warn of. */
  readonly log?: (level: string, message: string) => void;
  /** A number from 0 up to but without 1, for filters that choose by chance. */
  readonly random?: () => number;
  /** The current time, for `strftime` and the time limit. */
  readonly now?: () => Date;
}
