/** What a path is, without following a final symlink unless asked to. */
export interface FileStat {
  readonly kind: 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'block-device' | 'character-device';
  /** Permission bits including setuid, setgid and sticky (`0o7777`). */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the Unix epoch. */
  readonly modifiedAt: number;
  readonly accessedAt: number;
  readonly changedAt: number;
  readonly inode: number;
  readonly device: number;
  readonly linkCount: number;
}

/** An account as the name service tells it. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly fullName: string;
  readonly home: string;
  readonly shell: string;
}

/** A group as the name service tells it. */
export interface Group {
  readonly name: string;
  readonly gid: number;
  readonly members: readonly string[];
}

/** A line for a shell. */
export interface ShellLine {
  readonly line: string;
  readonly shell: string;
  /** Whether it goes on without anybody waiting; its process id is the output then. */
  readonly inBackground?: boolean;
  /**
   * Whether the line is kept out of the list of processes: the shell reads it from a descriptor of its own. Only for
   * shells of which `canConceal` is true.
   */
  readonly isConcealed?: boolean;
}

/** Whether a shell can be handed its line without anybody seeing it. */
export function canConceal(shell: string): boolean {
  return /(?:^|\/)(?:sh|bash|dash|ash|ksh|mksh|zsh)$/.test(shell);
}

/** A program to start: an argument array, or for `cmd.*` alone a line for a shell. */
export interface CommandRequest {
  readonly command: readonly string[] | ShellLine;
  readonly workingDirectory?: string;
  /** Added to the environment; `null` removes a variable. */
  readonly environment?: Readonly<Record<string, string | null>>;
  /** `true` starts from an empty environment. */
  readonly cleanEnvironment?: boolean;
  readonly user?: string;
  readonly group?: string;
  readonly umask?: number;
  readonly input?: string | Uint8Array;
  /** The whole process group is killed after this many milliseconds; `null` for never, else a limit is set for it. */
  readonly timeout?: number | null;
  /** A program that its limit ended is answered with `timedOut`, instead of thrown as `program-timeout`. */
  readonly answersTimeout?: boolean;
  /** Bytes kept of each stream (its head and tail); 16 MiB unless given. */
  readonly outputLimit?: number;
  /** `stderr` goes into `stdout`, in order of writing. */
  readonly mergeStderr?: boolean;
  /** Standard input and output are a terminal; a line that is kept out of the list of processes gets none. */
  readonly hasTerminal?: boolean;
  /** What a `TextDecoder` calls the encoding of the output; UTF-8 unless given. */
  readonly outputEncoding?: string;
  readonly signal?: AbortSignal;
}

/** How a program ended. */
export interface CommandResult {
  /** 128 + signal number when a signal ended it; 127 when it could not be found; 124 when it timed out. */
  readonly exitCode: number;
  /** The number of the signal that ended it; absent when it ended by itself or timed out. */
  readonly endedBy?: number;
  readonly pid: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Looking at files. Paths are absolute. What does not exist is `undefined`; other failures throw `host-file`. */
export interface ReadableFiles {
  stat(path: string, options?: { readonly follow?: boolean }): Promise<FileStat | undefined>;
  read(path: string, options?: { readonly limit?: number; readonly offset?: number }): Promise<Uint8Array | undefined>;
  readLink(path: string): Promise<string | undefined>;
  /** The names in a directory, sorted by code point. */
  list(path: string): Promise<readonly string[] | undefined>;
  realPath(path: string): Promise<string | undefined>;
  /** Hex digest, computed as a stream. `algorithm` is a Node hash name, e.g. `sha256`. */
  hash(path: string, algorithm: string): Promise<string | undefined>;
}

/** Ownership and permissions; what is not given stays, or is the default for a new path. */
export interface Attributes {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

/** Changing files. Every write is all-or-nothing and survives a crash (temporary name, fsync, rename). */
export interface WritableFiles extends ReadableFiles {
  write(path: string, content: Uint8Array, attributes?: Attributes): Promise<void>;
  /** Like `write` with the content of another file, which is never held in memory whole. */
  writeCopy(path: string, source: string, attributes?: Attributes): Promise<void>;
  append(path: string, content: Uint8Array): Promise<void>;
  makeDirectory(path: string, attributes?: Attributes & { readonly parents?: boolean }): Promise<void>;
  makeSymlink(path: string, target: string): Promise<void>;
  makeHardLink(path: string, target: string): Promise<void>;
  makeNode(
    path: string,
    kind: 'fifo' | 'block-device' | 'character-device',
    device: { readonly major: number; readonly minor: number },
  ): Promise<void>;
  setAttributes(path: string, attributes: Attributes & { readonly follow?: boolean }): Promise<void>;
  setTimes(path: string, times: { readonly accessedAt: number; readonly modifiedAt: number }): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  remove(path: string, options?: { readonly recursive?: boolean }): Promise<void>;
}

/** What a check may do: look. */
export interface ReadHost {
  readonly files: ReadableFiles;
  /** Runs a program that changes nothing (`dpkg-query`, `getent`); never one that a user named. */
  inspect(request: CommandRequest): Promise<CommandResult>;
  account(nameOrUid: string | number): Promise<Account | undefined>;
  group(nameOrGid: string | number): Promise<Group | undefined>;
  /** The names of all groups an account is a member of, its primary group first. */
  groupsOf(account: string): Promise<readonly string[]>;
  accounts(): Promise<readonly Account[]>;
  groups(): Promise<readonly Group[]>;
  /** Absolute path of a program on the search path. */
  which(program: string): Promise<string | undefined>;
  /** The ids this process runs with. */
  identity(): { readonly uid: number; readonly gid: number };
  environment(name: string): string | undefined;
  /** The names of all variables of this process. */
  environmentNames(): readonly string[];
}

/** The managed machine. Only `apply` and functions get one. */
export interface Host extends ReadHost {
  readonly files: WritableFiles;
  run(request: CommandRequest): Promise<CommandResult>;
  /** Sets a variable of this process, seen by programs it starts later; `null` removes it. */
  setEnvironment(name: string, value: string | null): void;
}
