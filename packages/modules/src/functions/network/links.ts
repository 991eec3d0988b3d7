import type { FunctionContext } from '../../kit/context.ts';
import type { NetworkInterface } from '../../kit/machine.ts';
import { createLocalMachine } from '../../grains/local-machine.ts';
import { readText } from '../text-file.ts';

/** A network interface, be it up or down. */
export interface Link extends NetworkInterface {
  readonly isUp: boolean;
}

/** All interfaces as the kernel numbers them: those with addresses, and those that are down or have none. */
export async function linksOf({ host, machine = createLocalMachine() }: FunctionContext): Promise<readonly Link[]> {
  const folder = '/sys/class/net';
  const read = async (name: string, file: string): Promise<string> =>
    ((await readText(host, `${folder}/${name}/${file}`)) ?? '').trim();
  const known = machine.interfaces();
  const names = ((await host.files.list(folder)) ?? []).filter((name) => !known.some((each) => each.name === name));
  const bare: Link[] = [];
  for (const name of names) {
    const flags = await read(name, 'flags');
    // bonding_masters and its like are files beside the interfaces.
    if (flags === '') continue;
    bare.push({ name, hardwareAddress: await read(name, 'address'), addresses: [], isUp: (Number(flags) & 1) !== 0 });
  }
  const all = [...known.map((each) => ({ ...each, isUp: true })), ...bare];
  if (bare.length === 0) return all;
  const places = await Promise.all(all.map(async ({ name }) => Number(await read(name, 'ifindex'))));
  const numbered = all.map((link, index) => ({ link, place: places[index] ?? 0 }));
  return numbered.toSorted((one, other) => one.place - other.place).map(({ link }) => link);
}
