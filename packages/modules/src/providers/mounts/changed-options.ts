import type { Dict, Value } from '@brine/common';
import { pythonStr } from '@brine/common';
import type { ReadHost } from '../../kit/index.ts';
import type { ActiveMount } from './active-mounts.ts';

/** Which options count when a mount is compared with what it is to be. */
export interface OptionRules {
  readonly extra_mount_invisible_options: readonly string[];
  readonly extra_mount_invisible_keys: readonly string[];
  readonly extra_mount_ignore_fs_keys: Dict;
  readonly extra_mount_translate_options: Dict;
  readonly hidden_opts: readonly string[];
}

// Options that programs keep to themselves, so that the kernel never tells them.
const invisibleOptions: readonly string[] = [
  ...['_netdev', 'actimeo', 'bg', 'comment', 'defaults', 'delay_connect', 'direct-io-mode', 'intr', 'loop', 'nointr'],
  ...['nobootwait', 'nofail', 'password', 'reconnect', 'retry', 'soft', 'auto', 'users', 'bind', 'nonempty'],
  ...['transform_symlinks', 'port', 'backup-volfile-servers', 'noauto', 'user', 'nouser', 'nousers', 'owner', 'group'],
  ...['remount', 'rbind'],
];
const invisibleKeys: readonly string[] = [
  ...['actimeo', 'comment', 'credentials', 'direct-io-mode', 'password', 'port', 'retry', 'secretfile'],
];
const sizeFactors: Readonly<Record<string, number>> = { k: 1, m: 1024, g: 1024 * 1024 };

/** The options wanted that a mount does not have, sorted, as far as the kernel would tell them. */
export async function changedOptions(
  host: ReadHost,
  wanted: { readonly options: readonly string[]; readonly type: string; readonly rules: OptionRules },
  active: ActiveMount,
): Promise<readonly string[]> {
  const present = new Set(
    await Promise.all([...active.options, ...active.superOptions].map((one) => plain(host, one))),
  );
  const { rules, type } = wanted;
  const hidden = new Set([...invisibleOptions, ...rules.extra_mount_invisible_options, ...rules.hidden_opts]);
  const hiddenKeys = new Set([...invisibleKeys, ...rules.extra_mount_invisible_keys, ...ignoredKeys(type, rules)]);
  const translated: ReadonlyMap<Value, Value> = new Map<Value, Value>([
    ['tcp', 'proto=tcp'],
    ['udp', 'proto=udp'],
    ...rules.extra_mount_translate_options,
  ]);
  const changed: string[] = [];
  for (const option of wanted.options) {
    const meant = pythonStr(translated.get(option) ?? option);
    const key = meant.split('=')[0] ?? '';
    if (hidden.has(meant) || hiddenKeys.has(key) || /^x-/i.test(meant)) continue;
    const told = await plain(host, type === 'cifs' ? meant.replace(/^user=/, 'username=') : meant);
    if (!present.has(told)) changed.push(told);
  }
  return changed.toSorted();
}

function ignoredKeys(type: string, { extra_mount_ignore_fs_keys: extra }: OptionRules): readonly string[] {
  const own = extra.get(type) ?? (type === 'ramfs' ? ['size'] : []);
  return (Array.isArray(own) ? own : [own]).map(pythonStr);
}

// Sizes are told in KiB and owners by number.
async function plain(host: ReadHost, option: string): Promise<string> {
  const size = /^size=(\d+)([kmg])$/.exec(option);
  if (size !== null) return `size=${Number(size[1]) * (sizeFactors[size[2] ?? ''] ?? 1)}k`;
  const owner = /^(uid|gid)=(.*\D.*)$/.exec(option);
  if (owner === null) return option;
  const [, key = '', name = ''] = owner;
  const id = key === 'uid' ? (await host.account(name))?.uid : (await host.group(name))?.gid;
  return id === undefined ? option : `${key}=${id}`;
}
