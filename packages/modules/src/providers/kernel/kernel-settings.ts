import type { ReadHost } from '../../kit/index.ts';

/** Where settings of the kernel are written unless another file is named. */
export async function kernelSettingsFile(host: ReadHost): Promise<string> {
  const isSystemd = (await host.files.stat('/run/systemd/system')) !== undefined;
  return isSystemd ? '/etc/sysctl.d/99-salt.conf' : '/etc/sysctl.conf';
}

/** What a new file of settings begins with. */
export const kernelSettingsHeading = '#\n# Kernel sysctl configuration\n#\n';

/** Whether a text can be the name of a kernel setting: `net.ipv4.ip_forward`, `net/ipv4/ip_forward`. */
export function isKernelSetting(name: string): boolean {
  return /^[\w*][\w.*/-]*$/.test(name) && !name.includes('..');
}

/** The value a kernel setting has now, its blanks made single; `undefined` when there is no such setting. */
export async function readRunningSetting(host: ReadHost, name: string): Promise<string | undefined> {
  const bytes = await host.files.read(`/proc/sys/${toPath(name)}`).catch(() => undefined);
  return bytes === undefined ? undefined : plainSetting(Buffer.from(bytes).toString('utf8'));
}

// A dot within a part, as in the name of a VLAN interface, is written as a slash.
function toPath(name: string): string {
  const isPath = name.indexOf('/') >= 0 && (name.indexOf('.') < 0 || name.indexOf('/') < name.indexOf('.'));
  return isPath ? name : name.replace(/[./]/g, (mark) => (mark === '.' ? '/' : '.'));
}

/** A value with its blanks made single, as values are compared. */
export function plainSetting(value: string): string {
  return value.trim().replace(/\s+/g, ' ');
}

/** The settings of a file in the form of `sysctl.conf`. */
export function readSettings(text: string): ReadonlyMap<string, string> {
  const rows = text.split('\n').flatMap((line) => {
    const [, name, value = ''] = /^\s*([^#;=\s]+)\s*=\s*(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, value.trim()] as const];
  });
  return new Map(rows);
}

/** The text of such a file with a setting set: its line replaced, or one added. */
export function setSetting(text: string, name: string, value: string): string {
  const line = `${name} = ${value}`;
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  // The last of several lines is the one that counts.
  const index = lines.findLastIndex((one) => readSettings(one).has(name));
  return [...(index < 0 ? [...lines, line] : lines.with(index, line)), ''].join('\n');
}
