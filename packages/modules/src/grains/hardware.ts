import type { Plain } from '@brine/common';
import { defineGrain } from '../kit/define-grain.ts';
import type { ReadHost } from '../kit/host.ts';
import { readFields, readOptional } from './read-file.ts';

export const processor = defineGrain({
  name: 'processor',
  summary: 'The processors.',
  grains: {
    num_cpus: 'How many processors there are.',
    cpu_model: 'The model of the processors.',
    cpu_flags: 'What the processors can do.',
  },
  collect: async ({ host }) => readProcessors(await readOptional(host, '/proc/cpuinfo')),
});

export const memory = defineGrain({
  name: 'memory',
  summary: 'The memory.',
  grains: { mem_total: 'Memory, in MiB.', swap_total: 'Swap space, in MiB.' },
  async collect({ host }) {
    const fields = readFields(await readOptional(host, '/proc/meminfo'));
    const mebibytes = (name: string): number => Math.floor(Number.parseInt(fields.get(name) ?? '0', 10) / 1024);
    return { mem_total: mebibytes('MemTotal'), swap_total: mebibytes('SwapTotal') };
  },
});

const firmwareFiles = {
  biosversion: 'bios_version',
  biosvendor: 'bios_vendor',
  boardname: 'board_name',
  productname: 'product_name',
  manufacturer: 'sys_vendor',
  biosreleasedate: 'bios_date',
  uuid: 'product_uuid',
  serialnumber: 'product_serial',
};

export const firmware = defineGrain({
  name: 'firmware',
  summary: 'What the firmware says of the machine.',
  grains: {
    biosversion: 'Version of the firmware.',
    biosvendor: 'Who made the firmware.',
    biosreleasedate: 'Date of the firmware.',
    boardname: 'Name of the main board.',
    productname: 'Name of the machine.',
    manufacturer: 'Who made the machine.',
    serialnumber: 'Serial number of the machine.',
    uuid: 'UUID of the machine.',
  },
  async collect({ host }) {
    const grains: Record<string, Plain> = {};
    for (const [grain, file] of Object.entries(firmwareFiles)) {
      const value = (await readOptional(host, `/sys/class/dmi/id/${file}`)).trim();
      if (value !== '') grains[grain] = grain === 'uuid' ? value.toLowerCase() : value;
    }
    return grains;
  },
});

export const disks = defineGrain({
  name: 'disks',
  summary: 'The disks.',
  grains: {
    disks: 'Disks that turn.',
    ssds: 'Disks that do not.',
    SSDs: 'The same as `ssds`, the spelling of Salt before 3001.',
  },
  async collect({ host }) {
    const found: { disks: string[]; ssds: string[] } = { disks: [], ssds: [] };
    for (const name of (await host.files.list('/sys/block')) ?? []) {
      const target = (await host.files.readLink(`/sys/block/${name}`)) ?? '';
      if (target.startsWith('../devices/virtual/')) continue;
      const turns = (await readOptional(host, `/sys/block/${name}/queue/rotational`)).trim();
      if (turns === '0') found.ssds.push(name);
      else if (turns === '1') found.disks.push(name);
    }
    return { ...found, SSDs: found.ssds };
  },
});

export const lvm = defineGrain({
  name: 'lvm',
  summary: 'The volumes of LVM, where it is installed.',
  grains: { lvm: 'Names of volume groups to the names of their volumes.' },
  async collect({ host, options, signal }) {
    if (options.get('enable_lvm_grains') === false || (await host.which('lvm')) === undefined) return {};
    const fields = ['vgs', '--noheadings', '-o', 'vg_name'];
    const groups = await host.inspect({ command: ['lvm', ...fields], timeout: 2000, signal });
    const command = ['lvm', 'lvs', '--noheadings', '-o', 'vg_name,lv_name'];
    const volumes = groups.stdout.trim() === '' ? '' : (await host.inspect({ command, timeout: 2000, signal })).stdout;
    const found = new Map(groups.stdout.split('\n').map((line): [string, string[]] => [line.trim(), []]));
    for (const line of volumes.split('\n')) {
      const [group = '', volume = ''] = line.trim().split(/\s+/);
      found.get(group)?.push(volume);
    }
    found.delete('');
    return { lvm: Object.fromEntries(found) };
  },
});

const graphicsVendors: Readonly<Record<string, string>> = { '0x10de': 'nvidia', '0x1002': 'amd', '0x8086': 'intel' };

export const graphics = defineGrain({
  name: 'graphics',
  summary: 'The graphics cards.',
  grains: { num_gpus: 'How many graphics cards there are.', gpus: 'Vendor and PCI number of each.' },
  async collect({ host, options }) {
    if (options.get('enable_lspci') === false || options.get('enable_gpu_grains') === false) {
      return { num_gpus: 0, gpus: [] };
    }
    const devices = (await host.files.list('/sys/bus/pci/devices')) ?? [];
    const found = await Promise.all(devices.map((device) => readGraphicsCard(host, device)));
    const gpus = found.filter((card) => card !== undefined);
    return { num_gpus: gpus.length, gpus };
  },
});

async function readGraphicsCard(host: ReadHost, device: string): Promise<Plain | undefined> {
  const folder = `/sys/bus/pci/devices/${device}`;
  if (!(await readOptional(host, `${folder}/class`)).startsWith('0x03')) return undefined;
  const vendor = (await readOptional(host, `${folder}/vendor`)).trim();
  const model = (await readOptional(host, `${folder}/device`)).trim();
  return { vendor: graphicsVendors[vendor] ?? 'unknown', model: `${vendor.slice(2)}:${model.slice(2)}` };
}

/** The grains in the text of `/proc/cpuinfo`, whatever the architecture. */
export function readProcessors(text: string): Record<string, Plain> {
  let count = 0;
  let model = 'Unknown';
  let flags: readonly string[] = [];
  for (const line of text.split('\n')) {
    const [key = '', ...rest] = line.split(':');
    const value = (rest[0] ?? '').trim();
    if (rest.length === 0) continue;
    const name = key.trim();
    if (name === 'processor') count += 1;
    else if (name === '# processors') count = Number(value);
    else if (name === 'Processor') [model, count] = [value.split('-')[0] ?? value, Math.max(count, 1)];
    else if (['vendor_id', 'model name', 'cpu'].includes(name)) model = value;
    else if (name === 'flags' || name === 'Features') flags = value.split(/\s+/);
  }
  return { num_cpus: count, cpu_model: model, cpu_flags: flags };
}
