import { AppError, pythonStr, type Value } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';

/** The settings of `network.system`. */
export interface NetworkSettingsWish {
  readonly enabled: Value | undefined;
  readonly hostname: string | undefined;
  readonly search: string | undefined;
  readonly appliesHostname: boolean;
}

/** The files that are to change, and the host name that is to be set now. */
export interface NetworkSettingsPlan {
  readonly files: readonly { readonly path: string; readonly old: string; readonly content: string }[];
  readonly hostname: string | undefined;
}

/** Works out which files have to change. Throws `state-failed` where a setting is needed or cannot be such. */
export async function planNetworkSettings(wish: NetworkSettingsWish, host: ReadHost): Promise<NetworkSettingsPlan> {
  const read = async (path: string): Promise<string> =>
    Buffer.from((await host.files.read(path)) ?? '').toString('utf8');
  const networking = await read('/etc/default/networking');
  const hostnameFile = await read('/etc/hostname');
  const resolver = await read('/etc/resolv.conf');
  const current = /^CONFIGURE_INTERFACES=(.*)$/m.exec(networking)?.[1]?.trim() ?? '';
  const starts = readSwitch(wish.enabled === undefined ? current : pythonStr(wish.enabled));
  const { hostname, domain } = splitName(wish, hostnameFile);
  const files = [
    {
      path: '/etc/default/networking',
      old: networking,
      content: current === starts ? networking : networkingText(starts),
    },
    { path: '/etc/resolv.conf', old: resolver, content: resolverText(resolver, domain, wish.search) },
    ...(wish.appliesHostname ? [{ path: '/etc/hostname', old: hostnameFile, content: `${hostname}\n` }] : []),
  ].filter(({ old, content }) => old !== content);
  const isNamed = files.some(({ path }) => path === '/etc/hostname');
  return { files, hostname: isNamed ? hostname : undefined };
}

function splitName(
  wish: NetworkSettingsWish,
  file: string,
): { readonly hostname: string; readonly domain: string | undefined } {
  const full = wish.hostname ?? file.split('\n')[0] ?? '';
  if (!/^[A-Za-z0-9][\w.-]*$/.test(full)) throw invalid('hostname', 'server1.example.com');
  const [hostname = '', ...rest] = full.split('.');
  return { hostname, domain: wish.hostname === undefined || rest.length === 0 ? undefined : rest.join('.') };
}

function invalid(setting: string, expected: string): AppError {
  const message = `Invalid network setting -- Setting: ${setting}, Expected: [${expected}]`;
  return new AppError({ code: 'state-failed', message });
}

function readSwitch(word: string): 'yes' | 'no' {
  if (['yes', 'on', 'true', '1'].includes(word.toLowerCase())) return 'yes';
  if (['no', 'off', 'false', '0'].includes(word.toLowerCase())) return 'no';
  throw invalid('networking', 'yes|on|true|1|True|no|off|false|0|False');
}

function networkingText(starts: 'yes' | 'no'): string {
  return `# Configuration for networking init script being run during
# the boot sequence

# Set to 'no' to skip interfaces configuration on boot
CONFIGURE_INTERFACES=${starts}

# Don't configure these interfaces. Shell wildcards supported/
#EXCLUDE_INTERFACES=

# Set to 'yes' to enable additional verbosity
#VERBOSE=no
`;
}

function resolverText(text: string, domain: string | undefined, search: string | undefined): string {
  let lines = text === '' ? [] : text.replace(/\n$/, '').split('\n');
  const set = (word: string, value: string | undefined, at: number): void => {
    if (value === undefined) return;
    const pattern = new RegExp(`^${word}\\s`);
    if (lines.some((line) => pattern.test(line)))
      lines = lines.map((line) => (pattern.test(line) ? `${word} ${value}` : line));
    else lines.splice(at, 0, `${word} ${value}`);
  };
  set('domain', domain, 0);
  set('search', search, lines[0]?.startsWith('domain ') === true ? 1 : 0);
  return lines.length === 0 ? text : `${lines.join('\n')}\n`;
}
