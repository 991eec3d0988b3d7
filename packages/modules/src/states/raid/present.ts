import { pythonStr, toValue, type Applied, type CheckOutcome } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  isOk,
  operand,
  optional,
  textList,
  willChange,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { orFailure } from '../../providers/or-failure.ts';
import {
  addDevice,
  assembleCommand,
  createCommand,
  devicePath,
  listArrays,
  type RaidArray,
} from '../../providers/raid/mdadm.ts';
import { sortDevices, type SortedDevices } from '../../providers/raid/sort-devices.ts';
import { saveConfiguration } from '../../providers/raid/raid-configuration.ts';

/** `raid.present` */
export const present = defineState({
  name: 'raid.present',
  summary:
    'Keeps an array of mdadm: makes it, puts it together again, adds new devices. Further arguments are options of mdadm.',
  args: z.object({
    name: devicePath().describe('Device of the array.'),
    level: operand().describe('RAID level.'),
    devices: textList().describe('Paths of its devices; `missing` leaves a place free.'),
    metadata: optional(operand()).describe('Version of its superblock; the default of mdadm unless given.'),
  }),
  examples: [
    `/dev/md0:
  raid.present:
    - level: 5
    - devices:
      - /dev/xvdd
      - /dev/xvde
      - /dev/xvdf`,
  ],
  acceptsUnknown: true,
  check: (args, context) => orFailure(() => plan(args, context)),
});

interface Wish {
  readonly name: string;
  readonly level: string;
  readonly devices: readonly string[];
  readonly metadata: string | undefined;
}

async function plan(wish: Wish, context: StateContext): Promise<CheckOutcome<Host>> {
  const { name } = wish;
  const odd = wish.devices.find((device) => device !== 'missing' && !/^\/[^\n]*$/.test(device));
  if (odd !== undefined) return fails(`${odd} is not the path of a device`);
  const found = (await listArrays(context.host)).get(name);
  const devices = await sortDevices(context.host, wish.devices);
  const { members, missing, fresh } = devices;
  const [uuid, ...others] = [...members.keys()].toSorted();
  if (others.length > 0)
    return fails(`Devices are a mix of RAID constituents with multiple MD_UUIDs: ${written([uuid, ...others])}.`);
  if (found !== undefined && uuid !== undefined && found['uuid'] !== uuid)
    return fails(`Devices MD_UUIDs: ${uuid} differs from present RAID uuid ${found['uuid'] ?? ''}.`);
  if (found === undefined && uuid === undefined && fresh.length === 0)
    return fails(`All devices are missing: ${written(missing)}.`);
  return settle(toWork(wish, { devices, found, uuid }, context), context);
}

/** What is to be done to an array. */
interface Work {
  readonly name: string;
  /** Makes the array or puts it together; undefined when it runs. */
  readonly command: readonly string[] | undefined;
  readonly verb: 'assembled' | 'created';
  /** The command as a dry run tells it. */
  readonly told: string;
  readonly added: readonly string[];
  readonly missing: readonly string[];
}

// What only mdadm's mode for making arrays takes.
const creationOnly = new Set(
  [
    'assume-clean',
    'bitmap-chunk',
    'chunk',
    'consistency-policy',
    'data-offset',
    'layout',
    'parity',
    'raid-devices',
  ].concat(['rounding', 'size', 'spare-devices', 'write-behind', 'write-journal', 'write-mostly']),
);

function toWork(
  wish: Wish,
  state: {
    readonly devices: SortedDevices;
    readonly found: RaidArray | undefined;
    readonly uuid: string | undefined;
  },
  { unknownArguments: options }: StateContext,
): Work {
  const { members, missing, fresh } = state.devices;
  const { name, level, metadata } = wish;
  const shared = { name, missing };
  if (state.found !== undefined) return { ...shared, command: undefined, verb: 'created', told: '', added: fresh };
  if (state.uuid === undefined) {
    const devices = [...fresh, ...missing.map(() => 'missing')];
    const command = createCommand({ name, level, devices, metadata: metadata ?? 'default', options });
    return { ...shared, command, verb: 'created', told: command.join(' '), added: [] };
  }
  const fitting = new Map([...options].filter(([key]) => !creationOnly.has(pythonStr(key))));
  if (metadata !== undefined) fitting.set('metadata', metadata);
  const command = assembleCommand(name, members.get(state.uuid) ?? [], fitting);
  return { ...shared, command, verb: 'assembled', told: written(command), added: fresh };
}

function settle(work: Work, { grains }: StateContext): CheckOutcome<Host> {
  const { name, verb, command, told, added, missing } = work;
  const last = missing.length === 0 ? '' : ` Missing devices: ${written(missing)}`;
  const first = command === undefined ? `Raid ${name} already present.` : `Raid will be ${verb} with: ${told}`;
  if (command === undefined && added.length === 0) return isOk(`${first}${last}`);
  const foretold = added.length === 0 ? '' : ` New devices will be added: ${written(added)}`;
  const changes = {
    ...(command === undefined ? {} : { device: name }),
    ...(added.length === 0 ? {} : { added: [...added] }),
  };
  return willChange({ comment: `${first}${foretold}${last}`, changes }, async (machine) => {
    const made = command === undefined ? start(name) : await bringUp({ name, verb, command }, machine, grains);
    const grown = made.failed === true ? made : await addAll(made, work, machine);
    return { ...grown, comment: `${grown.comment}${last}` };
  });
}

const start = (name: string): Applied => ({ comment: `Raid ${name} already present.`, changes: {} });

async function bringUp(
  { name, verb, command }: { readonly name: string; readonly verb: string; readonly command: readonly string[] },
  machine: Host,
  grains: StateContext['grains'],
): Promise<Applied> {
  await machine.run({ command, timeout: 3_600_000 });
  const array = (await listArrays(machine)).get(name);
  if (array === undefined) return { comment: `Raid ${name} failed to be ${verb}.`, changes: {}, failed: true };
  const comment = `Raid ${name} ${verb}.`;
  const saved = await attempt(`${comment} Its configuration was not saved`, async () => {
    await saveConfiguration(machine, grains);
    return { comment, changes: array };
  });
  return { ...saved, changes: array };
}

async function addAll(made: Applied, { name, added }: Work, machine: Host): Promise<Applied> {
  let comment = made.comment;
  let failed = false;
  for (const device of added) {
    const isAdded = await addDevice(machine, name, device);
    comment += isAdded ? ` Added new device ${device} to ${name}.\n` : ` Unable to add ${device} to ${name}.\n`;
    failed ||= !isAdded;
  }
  if (failed) return { comment, changes: made.changes, failed };
  return { comment, changes: { ...made.changes, ...(added.length === 0 ? {} : { added: [...added] }) } };
}

function written(words: readonly (string | undefined)[]): string {
  return pythonStr(toValue(words.filter((word) => word !== undefined)));
}
