/** What a path is, following no link. */
export interface TreeStat {
  readonly kind: 'file' | 'directory' | 'symlink';
  /** Bytes. */
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
  /** Milliseconds since the Unix epoch. */
  readonly modifiedAt: number;
  /** Another text whenever the content may be another; absent where the disk cannot tell. */
  readonly version?: string;
}

/**
 * The directories that file roots read. All paths are absolute; what does not exist or may not be read is
 * `undefined`. Anything that is neither file, directory nor symlink counts as not existing.
 */
export interface TreeDisk {
  /** What lies at the path itself; a symlink is not followed. */
  stat(path: string): Promise<TreeStat | undefined>;
  /** Names in a directory, in any order. */
  list(path: string): Promise<readonly string[] | undefined>;
  read(path: string): Promise<Uint8Array | undefined>;
  /** The text of a symlink, as written. */
  readLink(path: string): Promise<string | undefined>;
  /** The path with every symlink followed. */
  realPath(path: string): Promise<string | undefined>;
}
