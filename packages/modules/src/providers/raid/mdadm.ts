import { AppError, pythonStr, type Dict } from '@brine/common';
import { lineText, type Argument, type Host, type ReadHost } from '../../kit/index.ts';

/** An array as a scan tells it: `device`, `metadata`, `name`, `uuid` … */
export type RaidArray = Readonly<Record<string, string>>;

const patience = 600_000;

/** The path of an array or of a device of one. */
export function devicePath(): Argument<string> {
  return lineText().refine((value) => value.startsWith('/'), 'must be the path of a device');
}

/** The arrays that run, by device. Throws `provider-missing` without mdadm. */
export async function listArrays(host: ReadHost): Promise<ReadonlyMap<string, RaidArray>> {
  const rows = (await scan(host)).map((line) => line.split(/\s+/)).filter((words) => words[1] !== undefined);
  return new Map(
    rows.map(([, device = '', ...members]): [string, RaidArray] => {
      const pairs = members.map((member) => member.split('='));
      return [
        device,
        { device, ...Object.fromEntries(pairs.map(([key = '', value = '']) => [key.toLowerCase(), value])) },
      ];
    }),
  );
}

/** The lines of a scan, as the configuration has them. */
export async function scan(host: ReadHost): Promise<readonly string[]> {
  const { exitCode, stdout } = await host.inspect({ command: ['mdadm', '--detail', '--scan'], timeout: patience });
  if (exitCode === 127)
    throw new AppError({ code: 'provider-missing', message: 'mdadm was not found on this minion.' });
  return stdout.split('\n').filter((line) => line.trim() !== '');
}

/** What the superblock of a device says (`MD_UUID`, `MD_LEVEL` …); empty when it has none. */
export async function examine(host: ReadHost, device: string): Promise<RaidArray> {
  const { stdout } = await host.inspect({ command: ['mdadm', '-Y', '-E', device], timeout: patience });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return Object.fromEntries(
    lines.map((line) => {
      const at = line.indexOf('=');
      return at === -1 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** Options for mdadm out of further arguments: `chunk: 256` becomes `--chunk 256`, `true` an option alone. */
export function raidOptions(options: Dict): readonly string[] {
  return [...options].flatMap(([key, value]) => {
    const [name, text] = [pythonStr(key), pythonStr(value)];
    if (!/^[a-z][a-z-]*$/.test(name) || /^-|[\n\0]/.test(text))
      throw new AppError({ code: 'state-failed', message: `${name}: ${text} is no option of mdadm` });
    if (value === false || value === null) return [];
    return value === true ? [`--${name}`] : [`--${name}`, text];
  });
}

/** The command that makes an array. */
export function createCommand(array: {
  readonly name: string;
  readonly level: string;
  readonly devices: readonly string[];
  readonly metadata: string;
  readonly options: Dict;
}): readonly string[] {
  const { name, level, devices, metadata, options } = array;
  const spares = Number(options.get('spare-devices') ?? 0);
  return [
    ...['mdadm', '-C', name, '-R', '-v', '-l', level, ...raidOptions(options)],
    ...['-e', metadata, '-n', String(devices.length - spares), ...devices],
  ];
}

/** The command that puts an array together that was made before. */
export function assembleCommand(name: string, devices: readonly string[], options: Dict): readonly string[] {
  return ['mdadm', '-A', name, '-v', ...raidOptions(options), ...devices];
}

/** Adds a device to an array; answers whether that went well. */
export async function addDevice(machine: Host, name: string, device: string): Promise<boolean> {
  const command = ['mdadm', '--manage', name, '--add', device];
  return (await machine.run({ command, timeout: patience })).exitCode === 0;
}
