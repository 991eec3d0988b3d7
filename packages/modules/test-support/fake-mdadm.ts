import type { FakeProgram } from '@brine/testkit';

/** The arrays that run, with their devices, and the superblocks on devices. */
export interface FakeRaid {
  readonly arrays: Readonly<Record<string, { readonly uuid: string; readonly devices: readonly string[] }>>;
  readonly superblocks: Readonly<Record<string, string>>;
}

const newUuid = 'aaaa:bbbb:cccc:dddd';

/** An `mdadm` whose arrays are the fact `raid`; it refuses `/dev/bad`. Its words are in the form of mdadm's; not recorded. */
export const fakeMdadm: FakeProgram = (words, machine) => {
  const raid = machine.facts.get('raid') as FakeRaid;
  const refuses = words.includes('/dev/bad');
  if (words.includes('--detail')) return words.includes('--scan') ? scan(raid) : detail(raid, words[1] ?? '');
  if (words.includes('-E')) return examine(raid, words[2] ?? '');
  if (refuses) return { exitCode: 1, stderr: 'mdadm: cannot open /dev/bad: Device or resource busy\n' };
  machine.facts.set('raid', change(raid, words));
  return 'mdadm: done\n';
};

function scan({ arrays }: FakeRaid): string {
  return Object.entries(arrays)
    .map(([device, { uuid }]) => `ARRAY ${device} metadata=1.2 name=box:0 UUID=${uuid}\n`)
    .join('');
}

function detail({ arrays }: FakeRaid, device: string): string {
  const members = arrays[device]?.devices ?? [];
  const rows = members.map(
    (path, index) => `       ${index}       8       ${16 * (index + 1)}        ${index}      active sync   ${path}\n`,
  );
  return [
    `${device}:\n           Version : 1.2\n        Raid Level : raid1\n       Total Devices : ${members.length}\n`,
    `     Creation Time : Sun Nov 29 10:00:00 2026\n\n    Number   Major   Minor   RaidDevice State\n`,
    ...rows,
    '       -       0        0        2      removed\n',
  ].join('');
}

function examine({ superblocks }: FakeRaid, device: string) {
  const uuid = superblocks[device];
  if (uuid === undefined) return { exitCode: 1, stderr: `mdadm: No md superblock detected on ${device}.\n` };
  return `MD_LEVEL=raid1\nMD_DEVICES=2\nMD_METADATA=1.2\nMD_UUID=${uuid}\n`;
}

function change(raid: FakeRaid, words: readonly string[]): FakeRaid {
  const devices = words.filter((word) => word.startsWith('/dev/sd'));
  const [mode = '', name = ''] = words;
  if (mode === '--zero-superblock')
    return { ...raid, superblocks: without(raid.superblocks, (path) => devices.includes(path)) };
  if (mode === '--stop') return { ...raid, arrays: without(raid.arrays, (path) => name === '--scan' || path === name) };
  const before = raid.arrays[name];
  const uuid = before?.uuid ?? raid.superblocks[devices[0] ?? ''] ?? newUuid;
  return {
    arrays: { ...raid.arrays, [name]: { uuid, devices: [...(before?.devices ?? []), ...devices] } },
    superblocks: { ...raid.superblocks, ...Object.fromEntries(devices.map((path) => [path, uuid])) },
  };
}

function without<Item>(
  items: Readonly<Record<string, Item>>,
  leaves: (key: string) => boolean,
): Readonly<Record<string, Item>> {
  return Object.fromEntries(Object.entries(items).filter(([key]) => !leaves(key)));
}

/** Files of a machine with block devices. */
export function blockDevices(
  ...paths: readonly string[]
): Readonly<Record<string, { readonly device: 'block-device' }>> {
  return Object.fromEntries(paths.map((path) => [path, { device: 'block-device' as const }]));
}
