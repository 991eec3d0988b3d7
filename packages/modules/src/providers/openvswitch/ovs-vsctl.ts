import { AppError } from '@brine/common';
import type { CommandResult, Host, ReadHost } from '../../kit/index.ts';

const timeout = 300_000;

/** What ovs-vsctl answers, which changes nothing. Throws `provider-missing` where it is not installed. */
export async function askSwitch(host: ReadHost, words: readonly string[]): Promise<CommandResult> {
  const result = await host.inspect({ command: ['ovs-vsctl', ...words], timeout });
  if (result.exitCode !== 127) return result;
  throw new AppError({ code: 'provider-missing', message: 'The program ovs-vsctl is not on this minion.' });
}

/** The lines ovs-vsctl answers, which changes nothing; `undefined` when it fails. Throws `provider-missing`. */
export async function askSwitchLines(host: ReadHost, words: readonly string[]): Promise<string[] | undefined> {
  const { exitCode, stdout } = await askSwitch(host, words);
  return exitCode === 0 ? stdout.split('\n').filter((line) => line !== '') : undefined;
}

/** Changes the switch; answers whether that was done. */
export async function changeSwitch(host: Host, words: readonly string[]): Promise<boolean> {
  return (await host.run({ command: ['ovs-vsctl', ...words], timeout })).exitCode === 0;
}

/** Whether there is a bridge, real or fake. Throws `provider-missing`, and `state-failed` when the switch does not answer. */
export async function isBridge(host: ReadHost, name: string): Promise<boolean> {
  const { exitCode, stderr } = await askSwitch(host, ['br-exists', name]);
  // That status says that there is none; others, that nobody knows.
  if (exitCode === 0 || exitCode === 2) return exitCode === 0;
  throw new AppError({ code: 'state-failed', message: `ovs-vsctl failed: ${stderr.trim()}` });
}

/** Makes a bridge; with a parent a fake one. */
export function addBridge(
  host: Host,
  name: string,
  { mayExist, parent, vlan }: { readonly mayExist: boolean; readonly parent?: string; readonly vlan?: number },
): Promise<boolean> {
  const place = parent === undefined ? [] : [parent, String(vlan)];
  return changeSwitch(host, [...(mayExist ? ['--may-exist'] : []), 'add-br', name, ...place]);
}

/** Why a parent and a VLAN do not go together; nothing when they do. */
export function faultOfFake(parent: string | undefined, vlan: number | undefined): string | undefined {
  if (parent !== undefined && vlan === undefined) return 'If parent is specified, vlan must also be specified.';
  if (vlan !== undefined && parent === undefined) return 'If vlan is specified, parent must also be specified.';
  return undefined;
}

/** Adds a port to a bridge. */
export function addPort(
  host: Host,
  port: { readonly bridge: string; readonly name: string },
  { mayExist, internal }: { readonly mayExist: boolean; readonly internal: boolean },
): Promise<boolean> {
  const words = [...(mayExist ? ['--may-exist'] : []), 'add-port', port.bridge, port.name];
  return changeSwitch(host, [...words, ...(internal ? asInternal(port.name) : [])]);
}

/** The words that make the interface of a port internal, behind other words. */
export function asInternal(name: string): readonly string[] {
  return ['--', 'set', 'interface', name, 'type=internal'];
}

/** Removes a port of a bridge, or of whatever bridge has it. */
export function deletePort(
  host: Host,
  port: { readonly bridge: string | undefined; readonly name: string },
  ifExists = true,
): Promise<boolean> {
  const words = [...(ifExists ? ['--if-exists'] : []), 'del-port'];
  return changeSwitch(host, [...words, ...(port.bridge === undefined ? [] : [port.bridge]), port.name]);
}
