import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFleetFolder, type FleetFolder, type Settings } from './fleet-folder.ts';
import { startProgram, type Finished, type RunningProgram } from './running-program.ts';

/** A daemon of a fleet; what it logs is watched. */
export interface Daemon extends RunningProgram {
  /** The first log entry (from `mark` on) with this message and these members. */
  logged(message: string, members?: Readonly<Record<string, unknown>>, mark?: number): Promise<LogEntry>;
  /** Sends a signal and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<Finished>;
}

/** A line of a daemon's log. */
export type LogEntry = Readonly<Record<string, unknown>>;

/** The programs of the checkout that are run to their end. */
export type Program = 'salt' | 'salt-call' | 'salt-cp' | 'salt-key' | 'salt-run';

/** A master and minions as real processes in one scratch folder. */
export interface Fleet {
  readonly folder: FleetFolder;
  /** The master that was started last. */
  master(): Daemon;
  /** Starts the master and waits until it listens. */
  startMaster(settings?: Settings): Promise<Daemon>;
  /** Starts a minion, without waiting for anything. */
  startMinion(id: string, settings?: Settings): Daemon;
  /** Starts minions, accepts their keys and waits until the master knows their grains. */
  join(...ids: readonly string[]): Promise<readonly Daemon[]>;
  /** Runs a program with the master's configuration to its end; `salt-call` needs {@link Fleet.call}. */
  run(program: Program, ...args: readonly string[]): Promise<Finished>;
  /** Runs a program of the master's and reads its answer as JSON. */
  json(program: Program, ...args: readonly string[]): Promise<unknown>;
  /** Runs `salt-call` as a minion. */
  call(id: string, ...args: readonly string[]): Promise<Finished>;
  /** Starts any program of the checkout with the configuration of a member, without waiting. */
  start(program: string, member: string, args: readonly string[], input?: string): RunningProgram;
  /** Ends everything, removes the folder and throws when a process is left. */
  end(): Promise<void>;
}

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** Makes a fleet without any process yet. Fault tests have a program of their own for both daemons. */
export async function createFleet(daemon?: string): Promise<Fleet> {
  const folder = await createFleetFolder();
  const started: RunningProgram[] = [];
  // Every process of a fleet inherits this, whoever starts it: so leftovers are found.
  // `rabbitmqctl` starts a daemon of Erlang's where none runs, which would outlive the fleet.
  const erlang = { ERL_FLAGS: '-start_epmd false' };
  const env = { ...process.env, ...erlang, SALT_CONFIG_DIR: '', NO_COLOR: '1', BRINE_FLEET: folder.path };
  let master: Daemon | undefined;

  const start: Fleet['start'] = (program, member, args, input) => {
    const running = startProgram({
      file: join(checkout, 'bin', program),
      args: ['-c', folder.at(member), ...args],
      env,
      ...(input === undefined ? {} : { input }),
    });
    started.push(running);
    return running;
  };
  const startDaemon = (program: string, member: string): Daemon =>
    toDaemon(start(daemon ?? program, member, ['-l', 'info', '--log-file-level', 'trace']));

  const fleet: Fleet = {
    folder,
    start,
    master: () => {
      if (master === undefined) throw new Error('no master was started');
      return master;
    },
    startMaster: async (settings) => {
      folder.configureMaster(settings);
      master = startDaemon('salt-master', 'master');
      await master.logged('master listens');
      return master;
    },
    startMinion: (id, settings) => {
      folder.configureMinion(id, settings);
      return startDaemon('salt-minion', id);
    },
    join: (...ids) => joinMinions(fleet, ids),
    run: (program, ...args) => start(program, 'master', args).ended,
    json: async (program, ...args) => {
      const { stdout, stderr } = await start(program, 'master', [...args, '--out', 'json']).ended;
      try {
        return JSON.parse(stdout) as unknown;
      } catch (cause) {
        throw new Error(`${program} ${args.join(' ')} did not answer JSON: ${stdout}${stderr}`, { cause });
      }
    },
    call: (id, ...args) => start('salt-call', id, args).ended,
    end: () => endFleet(folder, started),
  };
  return fleet;
}

function toDaemon(running: RunningProgram): Daemon {
  return {
    ...running,
    logged: async (message, members = {}, mark = 0) => {
      const wanted = Object.entries({ msg: message, ...members });
      const matches = (line: string): boolean => {
        const entry = readEntry(line);
        return wanted.every(([key, value]) => entry[key] === value);
      };
      return readEntry(await running.line(matches, mark));
    },
    stop: async (signal = 'SIGTERM') => {
      running.signal(signal);
      return running.ended;
    },
  };
}

function readEntry(line: string): LogEntry {
  return line.startsWith('{') ? (JSON.parse(line) as LogEntry) : {};
}

async function joinMinions(fleet: Fleet, ids: readonly string[]): Promise<readonly Daemon[]> {
  const minions = ids.map((id) => fleet.startMinion(id));
  await Promise.all(ids.map(async (id) => fleet.master().logged('key changed', { id, action: 'pending' })));
  const { status, stdout, stderr } = await fleet.run('salt-key', '-A', '-y');
  if (status !== 0) throw new Error(`salt-key -A -y: ${stdout}${stderr}`);
  await Promise.all(minions.map(async (minion) => minion.logged('connected to the master')));
  return minions;
}

async function endFleet(folder: FleetFolder, started: readonly RunningProgram[]): Promise<void> {
  for (const running of started.toReversed()) running.signal('SIGTERM');
  await Promise.all(started.map(async ({ ended }) => ended));
  spawnSync('gpgconf', ['--homedir', folder.at('gpg'), '--kill', 'gpg-agent'], { stdio: 'ignore' });
  const left = processesOf(folder.path);
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  rmSync(folder.path, { recursive: true, force: true });
  if (left.length > 0) throw new Error(`left behind: ${left.map(({ command }) => command).join('; ')}`);
}

/** Living processes that descend from a fleet, found by what they inherited. */
export function processesOf(path: string): readonly { readonly pid: number; readonly command: string }[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => readProc(name, 'environ').split('\0').includes(`BRINE_FLEET=${path}`))
    .map((name) => ({ pid: Number(name), command: readProc(name, 'cmdline').replaceAll('\0', ' ').trim() }))
    .filter(({ command }) => command !== '');
}

function readProc(pid: string, file: string): string {
  try {
    return readFileSync(join('/proc', pid, file), 'utf8');
  } catch {
    // It ended meanwhile, or is not ours.
    return '';
  }
}
