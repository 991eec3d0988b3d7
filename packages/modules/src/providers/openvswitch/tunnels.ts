import { isIP } from 'node:net';
import type { Host, ReadHost } from '../../kit/index.ts';
import { asInternal, askSwitchLines, changeSwitch } from './ovs-vsctl.ts';

/** A port that belongs to a VLAN, or is the end of a tunnel. */
export interface Tunnel {
  readonly type: 'vlan' | 'gre' | 'vxlan';
  readonly bridge: string;
  readonly name: string;
  /** Number of the VLAN, or key of the tunnel. */
  readonly id: number | undefined;
  /** Address of the other end of a tunnel. */
  readonly remote?: string | undefined;
  /** Port of the other end; another number than that of a port is none. */
  readonly port?: number | undefined;
  readonly internal?: boolean;
}

/** What is wrong with a wish. */
export type TunnelFault = 'id' | 'interface' | 'remote';

const limits = { vlan: 4095, gre: 2 ** 32 - 1, vxlan: Number.MAX_SAFE_INTEGER } as const;

/** What stands against a port such as this. */
export async function faultOf(host: ReadHost, tunnel: Tunnel): Promise<TunnelFault | undefined> {
  const { id, type, remote } = tunnel;
  if (id === undefined || id < 0 || id > limits[type]) return 'id';
  if (type === 'vlan')
    return tunnel.internal === true || (await hasInterface(host, tunnel.name)) ? undefined : 'interface';
  return remote === undefined || isIP(remote) === 0 ? 'remote' : undefined;
}

async function hasInterface(host: ReadHost, name: string): Promise<boolean> {
  return !name.includes('/') && (await host.files.stat(`/sys/class/net/${name}`)) !== undefined;
}

/** Whether a port that there is belongs to the VLAN, or is that end of a tunnel. */
export async function isSetUp(host: ReadHost, tunnel: Tunnel): Promise<boolean> {
  if (tunnel.type === 'vlan')
    return Number((await askSwitchLines(host, ['get', 'port', tunnel.name, 'tag']))?.[0]) === tunnel.id;
  const [type] = (await askSwitchLines(host, ['get', 'interface', tunnel.name, 'type'])) ?? [];
  if (type !== tunnel.type) return false;
  const [options = ''] = (await askSwitchLines(host, ['get', 'interface', tunnel.name, 'options'])) ?? [];
  const told = Array.from(options.matchAll(/(\w+)="?([^",}]*)"?/g), ([, key, value]) => `${key}=${value}`);
  return told.toSorted().join() === optionsOf(tunnel).toSorted().join();
}

/** Makes the port, or sets it up when there is one by its name. */
export function setUp(host: Host, tunnel: Tunnel, isThere: boolean): Promise<boolean> {
  const { type, bridge, name, id } = tunnel;
  const place = isThere ? [] : ['add-port', bridge, name];
  if (type === 'vlan') {
    const words = isThere ? ['set', 'port', name] : place;
    return changeSwitch(host, [...words, `tag=${id}`, ...(tunnel.internal === true ? asInternal(name) : [])]);
  }
  const options = optionsOf(tunnel).map((option) => `options:${option}`);
  return changeSwitch(host, [
    ...place,
    ...(isThere ? [] : ['--']),
    'set',
    'interface',
    name,
    `type=${type}`,
    ...options,
  ]);
}

function optionsOf(tunnel: Tunnel): readonly string[] {
  const options = [`remote_ip=${tunnel.remote}`, `key=${tunnel.id}`];
  return hasPort(tunnel) ? [...options, `dst_port=${tunnel.port}`] : options;
}

/** Whether the other end has a port of its own. */
export function hasPort({ type, port }: Tunnel): boolean {
  return type === 'vxlan' && port !== undefined && port > 0 && port <= 65_535;
}
