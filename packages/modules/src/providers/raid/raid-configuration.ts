import { pythonStr, type Dict } from '@brine/common';
import type { Host } from '../../kit/index.ts';
import { scan } from './mdadm.ts';

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const isDebian = (grains: Dict): boolean => grains.get('os_family') === 'Debian';
const configuration = (grains: Dict): string => (isDebian(grains) ? '/etc/mdadm/mdadm.conf' : '/etc/mdadm.conf');

async function readLines(machine: Host, path: string): Promise<readonly string[] | undefined> {
  const content = await machine.files.read(path);
  return content === undefined ? undefined : Buffer.from(content).toString().replace(/\n$/, '').split('\n');
}

async function writeLines(machine: Host, path: string, lines: readonly string[]): Promise<void> {
  await machine.files.write(path, Buffer.from(lines.length === 0 ? '' : `${lines.join('\n')}\n`));
}

/**
 * Writes the arrays that run into mdadm's configuration and the image the machine boots from; answers what making that
 * image said, `undefined` where nothing makes one.
 */
export async function saveConfiguration(machine: Host, grains: Dict): Promise<string | undefined> {
  const path = configuration(grains);
  const arrays = (await scan(machine)).map((line) => (grains.get('os') === 'Ubuntu' ? withoutNames(line) : line));
  const before = await readLines(machine, path);
  let lines = before ?? [];
  for (const array of arrays) lines = setArray(lines, array);
  if (before === undefined || lines.join('\n') !== before.join('\n')) {
    const folder = path.replace(/\/[^/]*$/, '');
    if ((await machine.files.stat(folder)) === undefined) await machine.files.makeDirectory(folder, { parents: true });
    await writeLines(machine, path, lines);
  }
  return makeImage(machine, pythonStr(grains.get('os_family') ?? ''));
}

// With them Ubuntu starts an array under another name: https://askubuntu.com/questions/209702
function withoutNames(line: string): string {
  return line.replace(/\s(?:name|metadata)=\S+/gi, '');
}

function setArray(lines: readonly string[], array: string): readonly string[] {
  const device = array.split(/\s+/)[1] ?? '';
  const pattern = new RegExp(`^ARRAY\\s+${escape(device)}\\s+.*$`);
  if (lines.some((line) => pattern.test(line))) return lines.map((line) => (pattern.test(line) ? array : line));
  return [...lines, array];
}

async function makeImage(machine: Host, family: string): Promise<string | undefined> {
  const commands: Readonly<Record<string, readonly string[]>> = {
    Debian: ['update-initramfs', '-u'],
    RedHat: ['dracut', '--force'],
  };
  const command = commands[family];
  if (command === undefined || (await machine.which(command[0] ?? '')) === undefined) return undefined;
  return (await machine.run({ command, mergeStderr: true, timeout: 3_600_000 })).stdout.trim();
}

/** Takes an array out of mdadm's configuration. */
export async function forgetArray(machine: Host, grains: Dict, device: string): Promise<void> {
  const path = configuration(grains);
  const lines = await readLines(machine, path);
  const pattern = new RegExp(`^\\s*ARRAY\\s+${escape(device)}(\\s|$)`);
  const left = lines?.filter((line) => !pattern.test(line));
  if (left !== undefined && left.length !== lines?.length) await writeLines(machine, path, left);
}
