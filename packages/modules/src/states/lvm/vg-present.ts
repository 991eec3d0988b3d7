import type { CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  commaList,
  defineState,
  fails,
  isOk,
  lineText,
  willChange,
  withDefault,
  type Host,
  type ReadHost,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { isLvmName, optionWords, reportLvm, runLvm } from '../../providers/lvm/lvm.ts';

/** `lvm.vg_present` */
export const vgPresent = defineState({
  name: 'lvm.vg_present',
  summary: 'Keeps a volume group of LVM with its devices. Further arguments are options of vgcreate.',
  args: z.object({
    name: lineText().describe('Name of the group.'),
    devices: withDefault(commaList(), []).describe('Paths of its devices; each has to be a physical volume.'),
  }),
  examples: [
    `data:
  lvm.vg_present:
    - devices: [/dev/sdb1, /dev/sdc1]`,
  ],
  acceptsUnknown: true,
  async check({ name, devices }, { host, unknownArguments }) {
    if (!isLvmName(name)) return fails(`The name ${name} cannot be that of a volume group`);
    const relative = devices.find((device) => !device.startsWith('/'));
    if (relative !== undefined) return fails(`${relative} is not the path of a device`);
    const groups = await reportLvm(host, 'vg', ['vg_name']);
    if (groups.some((row) => row['vg_name'] === name)) return extend(name, devices, host);
    if (devices.length === 0)
      return fails(`Volume Group ${name} is not present, and it has no devices to be created of`);
    const changes = { created: name };
    return willChange({ comment: `Volume Group ${name} is set to be created`, changes }, (machine) =>
      attempt(`Failed to create Volume Group ${name}`, async () => {
        await runLvm(machine, ['vgcreate', '--yes', ...optionWords(unknownArguments), name, ...devices]);
        return { comment: `Created Volume Group ${name}`, changes };
      }),
    );
  },
});

async function extend(name: string, devices: readonly string[], host: ReadHost): Promise<CheckOutcome<Host>> {
  const volumes = await reportLvm(host, 'pv', ['pv_name', 'vg_name']);
  const rows: { readonly device: string; readonly group: string | undefined }[] = [];
  for (const device of devices) {
    const path = (await host.files.realPath(device)) ?? device;
    rows.push({ device, group: volumes.find((row) => [path, device].includes(row['pv_name'] ?? ''))?.['vg_name'] });
  }
  const present = `Volume Group ${name} already present`;
  const wrong = rows.filter(({ group }) => group === undefined || (group !== '' && group !== name));
  const told = rows.map(({ device, group }) => {
    if (group === undefined) return `pv ${device} is not present`;
    return group === name ? `${device} is part of Volume Group` : `${device} is part of ${group}`;
  });
  if (wrong.length > 0) return fails([present, ...told].join('\n'));
  const added = rows.filter(({ group }) => group === '').map(({ device }) => device);
  if (added.length === 0) return isOk([present, ...told].join('\n'));
  const changes = Object.fromEntries(added.map((device) => [device, `added to ${name}`]));
  return willChange({ comment: `${present}\n${added.join(', ')} is set to be added`, changes }, (machine) =>
    attempt(`${present}\n${added.join(', ')} could not be added`, async () => {
      await runLvm(machine, ['vgextend', '--yes', name, ...added]);
      return { comment: present, changes };
    }),
  );
}
