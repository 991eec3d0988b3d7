import type { ReadHost } from '../../kit/index.ts';

/** What SELinux does about what its policy forbids. */
export type SelinuxMode = 'Enforcing' | 'Permissive' | 'Disabled';

/** The file that decides the mode at the start of the machine. */
export const configFile = '/etc/selinux/config';

/** The mode the kernel is in. */
export async function currentMode(host: ReadHost): Promise<SelinuxMode> {
  const enforce = await host.files.read('/sys/fs/selinux/enforce').catch(() => undefined);
  if (enforce === undefined) return 'Disabled';
  return Buffer.from(enforce).toString().trim() === '1' ? 'Enforcing' : 'Permissive';
}

/** The mode after the next start, where the file tells. */
export async function configuredMode(host: ReadHost): Promise<SelinuxMode | undefined> {
  const text = Buffer.from((await host.files.read(configFile)) ?? '').toString();
  const word = /^\s*SELINUX\s*=\s*(\w+)/m.exec(text)?.[1]?.toLowerCase();
  return (['Enforcing', 'Permissive', 'Disabled'] as const).find((mode) => mode.toLowerCase() === word);
}

/** The file's text with another mode; all other lines stay. */
export function withMode(text: string, mode: SelinuxMode): string {
  const line = `SELINUX=${mode.toLowerCase()}`;
  const setting = /^[^\S\n]*SELINUX[^\S\n]*=.*$/m;
  if (setting.test(text)) return text.replace(setting, line);
  return `${text}${text === '' || text.endsWith('\n') ? '' : '\n'}${line}\n`;
}
