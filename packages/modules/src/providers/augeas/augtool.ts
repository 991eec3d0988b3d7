import { AppError } from '@brine/common';
import type { CommandRequest, CommandResult, Host, ReadHost } from '../../kit/index.ts';
import { toLine, type AugeasCommand } from './commands.ts';

/** What augtool is run with. */
export interface AugeasRun {
  readonly commands: readonly AugeasCommand[];
  /** The lens for the one file that is read; all files are read with their own unless given. */
  readonly lens: { readonly name: string; readonly file: string } | undefined;
  readonly loadPath: readonly string[];
}

const marker = '/augeas/version';

/** What a file would be like after the commands. Throws `state-failed` when they cannot be carried out. */
export async function previewFile(host: ReadHost, run: AugeasRun, file: string): Promise<string> {
  const { stdout } = checked(await host.inspect(request(run, [`get ${marker}`, `preview "/files${file}"`])), run);
  const lines = stdout.split('\n');
  return lines.slice(lines.findIndex((line) => line.startsWith(`${marker} = `)) + 1).join('\n');
}

/** Carries the commands out and writes the files. Throws `state-failed`. */
export async function saveFiles(machine: Host, run: AugeasRun): Promise<void> {
  checked(await machine.run(request(run, ['save'])), run);
}

/** What augtool prints for commands that only look. Throws `state-failed`. */
export async function askTree(host: ReadHost, lines: readonly string[], loadPath: readonly string[]): Promise<string> {
  const run = { commands: [], lens: undefined, loadPath };
  return checked(await host.inspect(request(run, lines)), run).stdout;
}

/** What augtool prints for a line that changes the tree; writes the files. Throws `state-failed`. */
export async function changeTree(machine: Host, line: string, loadPath: readonly string[]): Promise<string> {
  const run = { commands: [], lens: undefined, loadPath };
  return checked(await machine.run(request(run, [line, 'save'])), run).stdout;
}

function request({ commands, lens, loadPath }: AugeasRun, more: readonly string[]): CommandRequest {
  const options = [
    ...loadPath.map((folder) => `--include=${folder}`),
    ...(lens === undefined ? [] : ['--noautoload', `--transform=${lens.name} incl ${lens.file}`]),
  ];
  const script = [...commands.map(toLine), ...more].map((line) => `${line}\n`).join('');
  return { command: ['augtool', ...options], input: script, timeout: 120_000, environment: { LC_ALL: 'C.UTF-8' } };
}

function checked(result: CommandResult, { lens }: AugeasRun): CommandResult {
  if (result.exitCode === 127)
    throw new AppError({ code: 'provider-missing', message: 'augtool is not installed (augeas-tools)' });
  if (result.exitCode === 0) return result;
  const said = result.stderr.replace(/^error: (Failed to execute command\n)?/, '').trim();
  const hint =
    lens === undefined || lens.name.endsWith('.lns')
      ? ''
      : `\nLenses are normally configured as "name.lns". Did you mean "${lens.name}.lns"?`;
  throw new AppError({ code: 'state-failed', message: `Error: ${said}${hint}` });
}
