/** A text file of a tree. */
export interface TreeText {
  readonly text: string;
  /** How users know the file: its path below the root. */
  readonly file: string;
  /** Where it lies on disk, when it does so under its own name. */
  readonly absolutePath?: string;
}

/** The `salt://` tree a compile reads: local roots, or a master's manifest and its cache. */
export interface StateFiles {
  /** The environments, in the order the configuration names them. */
  environments(): Promise<readonly string[]>;
  /**
   * The text of `path` (below the roots; a `salt://` in front and a `?saltenv=` behind are understood) in an
   * environment; `undefined` when there is none.
   */
  readText(path: string, saltenv: string): Promise<TreeText | undefined>;
  exists(path: string, saltenv: string): Promise<boolean>;
  /** Paths of all files of an environment below its roots, sorted, each once. */
  listFiles(saltenv: string): Promise<readonly string[]>;
}
