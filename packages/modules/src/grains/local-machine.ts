import { lookup, lookupService } from 'node:dns/promises';
import { hostname, machine as architecture, networkInterfaces, release, type, version } from 'node:os';
import type { InterfaceAddress, Machine, NetworkInterface } from '../kit/machine.ts';

/** The machine and the process this runs in. */
export function createLocalMachine(): Machine {
  return {
    uname: () => ({
      kernel: type(),
      nodename: hostname(),
      release: release(),
      version: version(),
      architecture: architecture(),
    }),
    interfaces: listInterfaces,
    resolve: resolveName,
    reverse: reverseAddress,
    environment: () => definedVariables(),
    process: () => ({ id: process.pid, workingDirectory: process.cwd() }),
    timeZone,
  };
}

function listInterfaces(): readonly NetworkInterface[] {
  return Object.entries(networkInterfaces()).map(([name, addresses = []]) => ({
    name,
    hardwareAddress: addresses[0]?.mac ?? '00:00:00:00:00:00',
    addresses: addresses.map((address): InterfaceAddress => ({
      family: address.family === 'IPv6' ? 6 : 4,
      address: address.address,
      netmask: address.netmask,
      prefixLength: Number(address.cidr?.split('/')[1] ?? 0),
    })),
  }));
}

async function resolveName(name: string, family: 4 | 6): Promise<readonly string[]> {
  try {
    const found = await lookup(name, { family, all: true });
    return found.map((entry) => entry.address);
  } catch {
    return [];
  }
}

async function reverseAddress(address: string): Promise<string | undefined> {
  try {
    const { hostname: name } = await lookupService(address, 0);
    return name === address ? undefined : name;
  } catch {
    return undefined;
  }
}

function definedVariables(): Readonly<Record<string, string>> {
  const defined: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined) defined[name] = value;
  }
  return defined;
}

function timeZone(): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' }).formatToParts(new Date());
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? 'UTC';
}
