import type { Account, CommandRequest, CommandResult, Group, Host } from '@brine/modules/kit';
import { FakeFiles, type FakeEntry } from './fake-files.ts';

/** What a pretended program does: text is its output, with exit code 0. */
export type FakeProgram = (
  args: readonly string[],
  machine: FakeHost,
  request: CommandRequest,
) => string | Partial<CommandResult> | Promise<string | Partial<CommandResult>>;

/** What a fake machine starts with. */
export interface FakeHostSetup {
  readonly files?: Readonly<Record<string, FakeEntry>>;
  /** Lines of `/etc/passwd` beside root's. */
  readonly passwd?: readonly string[];
  /** Lines of `/etc/group` beside root's. */
  readonly group?: readonly string[];
  readonly programs?: Readonly<Record<string, FakeProgram>>;
  /** What programs keep between their runs: installed packages, running services. Part of the snapshot. */
  readonly facts?: Readonly<Record<string, unknown>>;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A machine in memory. Accounts are what its `/etc/passwd` and `/etc/group` say. */
export interface FakeHost extends Host {
  readonly files: FakeFiles;
  readonly facts: Map<string, unknown>;
  /** Every program started through `run`, in order. */
  readonly started: readonly CommandRequest[];
  /** All that could change, as comparable data. */
  snapshot(): unknown;
}

/** Makes a fake machine. `inspect` throws when the program it starts changes anything. */
export function createFakeHost(setup: FakeHostSetup = {}): FakeHost {
  const files = new FakeFiles({ ...accountFiles(setup), ...setup.files });
  const facts = new Map(Object.entries(structuredClone(setup.facts ?? {})));
  const environment = new Map(Object.entries(setup.environment ?? {}));
  const started: CommandRequest[] = [];
  const snapshot = (): unknown =>
    structuredClone({ files: files.snapshot(), facts: [...facts], environment: [...environment] });
  const start = (request: CommandRequest): Promise<CommandResult> => startProgram(setup, host, request);
  const host: FakeHost = {
    files,
    facts,
    started,
    snapshot,
    run: (request) => {
      started.push(request);
      return start(request);
    },
    inspect: async (request) => {
      const before = JSON.stringify(snapshot());
      const result = await start(request);
      if (JSON.stringify(snapshot()) !== before)
        throw new Error(`inspect changed the machine: ${describeCommand(request)}`);
      return result;
    },
    ...accountLookups(files),
    which: async (program) => {
      const name = program.split('/').at(-1) ?? '';
      if (setup.programs?.[name] === undefined) return undefined;
      return program.includes('/') ? program : `/usr/bin/${name}`;
    },
    identity: () => ({ uid: 0, gid: 0 }),
    environment: (name) => environment.get(name),
    environmentNames: () => [...environment.keys()],
    setEnvironment: (name, value) => {
      if (value === null) environment.delete(name);
      else environment.set(name, value);
    },
  };
  return host;
}

function accountFiles(setup: FakeHostSetup): Record<string, FakeEntry> {
  const lines = (first: string, rest: readonly string[] = []): string => [first, ...rest, ''].join('\n');
  return {
    '/etc/passwd': lines('root:x:0:0:root:/root:/bin/bash', setup.passwd),
    '/etc/group': lines('root:x:0:', setup.group),
    '/root': { directory: true, mode: 0o700 },
  };
}

async function startProgram(setup: FakeHostSetup, host: FakeHost, request: CommandRequest): Promise<CommandResult> {
  const words = 'line' in request.command ? [request.command.shell, '-c', request.command.line] : request.command;
  const [path = '', ...args] = words;
  const name = path.split('/').at(-1) ?? '';
  const program = setup.programs?.[name];
  const base = { exitCode: 0, pid: 4242, stdout: '', stderr: '', timedOut: false };
  if (program === undefined) return { ...base, exitCode: 127, stderr: `${name}: not found` };
  const answer = await program(args, host, request);
  return typeof answer === 'string' ? { ...base, stdout: answer } : { ...base, ...answer };
}

function describeCommand(request: CommandRequest): string {
  return 'line' in request.command ? request.command.line : request.command.join(' ');
}

function accountLookups(files: FakeFiles): Pick<Host, 'account' | 'accounts' | 'group' | 'groups' | 'groupsOf'> {
  const fields = async (path: string): Promise<string[][]> => {
    const text = Buffer.from((await files.read(path)) ?? '').toString();
    return text
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(':'));
  };
  const accounts = async (): Promise<readonly Account[]> =>
    (await fields('/etc/passwd')).map(([name = '', , uid, gid, fullName = '', home = '', shell = '']) => {
      return { name, uid: Number(uid), gid: Number(gid), fullName, home, shell };
    });
  const groups = async (): Promise<readonly Group[]> =>
    (await fields('/etc/group')).map(([name = '', , gid, members = '']) => {
      return { name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') };
    });
  const account = async (key: string | number): Promise<Account | undefined> =>
    (await accounts()).find((one) => one.name === key || one.uid === key);
  const group = async (key: string | number): Promise<Group | undefined> =>
    (await groups()).find((one) => one.name === key || one.gid === key);
  const groupsOf = async (name: string): Promise<readonly string[]> => {
    const gid = (await account(name))?.gid;
    const all = await groups();
    const primary = all.filter((one) => one.gid === gid);
    return [...new Set([...primary, ...all.filter((one) => one.members.includes(name))].map((one) => one.name))];
  };
  return { account, accounts, group, groups, groupsOf };
}
