import { z } from 'zod';
import { commaList, dict, flag, operand, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { destroyArray } from '../../providers/raid/destroy-array.ts';
import {
  addDevice,
  assembleCommand,
  createCommand,
  devicePath,
  examine,
  listArrays,
} from '../../providers/raid/mdadm.ts';
import { saveConfiguration } from '../../providers/raid/raid-configuration.ts';
import { readDetails } from '../../providers/raid/raid-details.ts';
import { failure } from '../failure.ts';
import { runAndTell, succeeds } from '../run-program.ts';

const device = devicePath().describe('Device of the array.');
const options = dict().describe('Further arguments: options of mdadm.');
const testMode = withDefault(flag(), false).describe('Whether the command is only answered, not run.');
const devices = commaList().describe('Paths of its devices; `missing` leaves a place free.');

export const list = defineFunction({
  name: 'raid.list',
  summary: 'The arrays of mdadm that run, by device.',
  args: z.object({}),
  examples: ["'*' raid.list"],
  run: async (_args, { host }) => Object.fromEntries(await listArrays(host)),
});

export const detail = defineFunction({
  name: 'raid.detail',
  summary: 'What mdadm tells of an array and of its members.',
  args: z.object({ device: withDefault(devicePath(), '/dev/md0').describe('Device of the array.') }),
  examples: ["'*' raid.detail /dev/sdb"],
  async run({ device: path }, { host }) {
    if ((await host.files.stat(path, { follow: true })) === undefined) throw failure(`Device ${path} doesn't exist!`);
    const { members, facts } = await readDetails(host, path);
    return {
      members: Object.fromEntries(Object.entries(members).map(([key, member]) => [key, { ...member }])),
      ...facts,
    };
  },
});

export const destroy = defineFunction({
  name: 'raid.destroy',
  summary: 'Stops an array and wipes the superblocks of its devices; answers whether it is gone.',
  args: z.object({ device }),
  examples: ["'*' raid.destroy /dev/md0"],
  run: ({ device: path }, { host, grains }) => destroyArray(host, grains, path),
});

export const stop = defineFunction({
  name: 'raid.stop',
  summary: 'Stops all arrays that are not used; answers whether that went well.',
  args: z.object({}),
  examples: ["'*' raid.stop"],
  run: (_args, context) => succeeds(context, ['mdadm', '--stop', '--scan'], { timeout: 600_000 }),
});

export const create = defineFunction({
  name: 'raid.create',
  summary: 'Makes an array; answers what mdadm said.',
  args: z.object({
    name: device,
    level: operand().describe('RAID level.'),
    devices,
    metadata: withDefault(operand(), 'default').describe('Version of its superblock.'),
    test_mode: testMode,
    options,
  }),
  keywords: 'options',
  examples: ["'*' raid.create /dev/md0 level=1 chunk=256 devices='[/dev/xvdd, /dev/xvde]' test_mode=True"],
  run({ name, level, devices: paths, metadata, test_mode: isTest, options: rest }, context) {
    const command = createCommand({ name, level, devices: checked(paths), metadata, options: rest });
    return isTest ? command.join(' ') : runAndTell(context, command);
  },
});

export const assemble = defineFunction({
  name: 'raid.assemble',
  summary: 'Puts an array together that was made before; answers what mdadm said.',
  args: z.object({ name: device, devices, test_mode: testMode, options }),
  keywords: 'options',
  examples: ["'*' raid.assemble /dev/md0 /dev/xvdd,/dev/xvde"],
  run({ name, devices: paths, test_mode: isTest, options: rest }, context) {
    const command = assembleCommand(name, checked(paths), rest);
    return isTest ? [...command] : runAndTell(context, command);
  },
});

function checked(paths: readonly string[]): readonly string[] {
  const odd = paths.find((path) => path !== 'missing' && !/^\/[^\n\0]*$/.test(path));
  if (odd !== undefined) throw failure(`${odd} is not the path of a device`);
  return paths;
}

export const saveConfig = defineFunction({
  name: 'raid.save_config',
  summary: "Writes the arrays that run into mdadm's configuration and the image the machine boots from.",
  args: z.object({}),
  examples: ["'*' raid.save_config"],
  run: async (_args, { host, grains }) => (await saveConfiguration(host, grains)) ?? null,
});

export const examineDevice = defineFunction({
  name: 'raid.examine',
  summary: 'What the superblock of a device says; empty when it has none.',
  args: z.object({
    device: devicePath().describe('The device.'),
    quiet: withDefault(flag(), false).describe('Whether the log says nothing of a device without one.'),
  }),
  examples: ["'*' raid.examine /dev/sda1"],
  async run({ device: path, quiet }, { host, log }) {
    const found = await examine(host, path);
    if (!quiet && Object.keys(found).length === 0) log.error('device is not part of an array', { device: path });
    return found;
  },
});

export const add = defineFunction({
  name: 'raid.add',
  summary: 'Adds a device to an array; answers whether that went well.',
  args: z.object({ name: device, device: devicePath().describe('The device.') }),
  examples: ["'*' raid.add /dev/md0 /dev/sda1"],
  run: ({ name, device: path }, { host }) => addDevice(host, name, path),
});
