import { AppError } from '@brine/common';
import {
  lineText,
  optional,
  type CommandRequest,
  type CommandResult,
  type Host,
  type ReadHost,
} from '../../kit/index.ts';

/** The arguments by which `supervisord` states reach a supervisor. */
export const supervisorArguments = {
  user: optional(lineText()).describe('Account supervisorctl runs as; that of the minion unless given.'),
  conf_file: optional(lineText()).describe('Configuration of the supervisor.'),
  bin_env: optional(lineText()).describe('supervisorctl itself, or the virtual environment it is in.'),
};

/** What of {@link supervisorArguments} a state was given. */
export interface Supervisor {
  readonly user: string | undefined;
  readonly conf_file: string | undefined;
  readonly bin_env: string | undefined;
}

/** What is supervised: names of processes (`group:process` in groups) with their states, e.g. `RUNNING`. */
export async function readProcesses(host: ReadHost, supervisor: Supervisor): Promise<ReadonlyMap<string, string>> {
  const result = await host.inspect(await supervisorRequest(host, supervisor, ['status']));
  // The status says that something is not running by 3, and that there is nothing of that name by 4.
  const isReached = result.exitCode <= 4 && !/refused connection|no such file|unix:\/\//i.test(result.stdout);
  if (!isReached) throw refusal(result);
  const rows = result.stdout.split('\n').map((line) => /^(\S+)\s+([A-Z]+)\b/.exec(line));
  return new Map(rows.flatMap((row) => (row === null ? [] : [[row[1] ?? '', row[2] ?? ''] as const])));
}

/** Has supervisorctl do something and answers what it says. Throws `state-failed` when it says ERROR. */
export async function runSupervisor(machine: Host, supervisor: Supervisor, words: readonly string[]): Promise<string> {
  const result = await machine.run(await supervisorRequest(machine, supervisor, words));
  const said = `${result.stdout}${result.stderr}`.trim();
  const isHarmless = /already started|not running|process group already active/.test(said);
  if ((result.exitCode !== 0 || said.includes('ERROR')) && !isHarmless) throw refusal(result);
  return said;
}

/** How supervisorctl is started for a command. Throws `provider-missing` when it is not installed. */
export async function supervisorRequest(
  host: ReadHost,
  supervisor: Supervisor,
  words: readonly string[],
): Promise<CommandRequest> {
  const { bin_env: place, conf_file: file, user } = supervisor;
  const isFolder = place !== undefined && (await host.files.stat(place, { follow: true }))?.kind === 'directory';
  const program = isFolder ? `${place}/bin/supervisorctl` : (place ?? (await host.which('supervisorctl')));
  if (program === undefined)
    throw new AppError({
      code: 'provider-missing',
      message: 'Supervisord module not activated. Do you need to install supervisord?',
    });
  const command = [program, ...(file === undefined ? [] : ['-c', file]), ...words];
  return { command, timeout: 300_000, ...(user === undefined ? {} : { user }) };
}

function refusal({ stdout, stderr, exitCode }: CommandResult): AppError {
  const said = `${stdout}${stderr}`.trim();
  return new AppError({
    code: 'state-failed',
    message: said === '' ? `supervisorctl ended with status ${exitCode}` : said,
  });
}

/** What a name stands for among the processes: those of a group (`group:`), one, or none. */
export function processesOf(name: string, all: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...all].filter(([each]) => each === name || (name.endsWith(':') && each.startsWith(name))));
}

/** Whether a process in this state does not run and is not about to. */
export function isStopped(state: string): boolean {
  return ['STOPPED', 'STOPPING', 'EXITED', 'FATAL', 'BACKOFF'].includes(state);
}
