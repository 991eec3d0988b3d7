import { AppError, isDict, pythonStr, type Changes, type CheckOutcome, type Dict } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { runTool } from '../commands/run-tool.ts';
import { omitAbsent } from '../omit-absent.ts';
import { unifiedDiff } from '../text/unified-diff.ts';
import { bondOptions, interfaceLines, toInterfaceWish, type InterfaceKind } from './interface-options.ts';
import { isSameInterface, putInterface, takeInterface } from './interfaces-file.ts';

/** `network.managed` as an SLS file describes it. */
export interface InterfaceRequest {
  readonly name: string;
  readonly kind: InterfaceKind;
  readonly enabled: boolean;
  /** Whether the interface is brought up and down when that is called for. */
  readonly operates: boolean;
  readonly filename: string | undefined;
  readonly given: Dict;
}

const folder = '/etc/network/interfaces.d';
const mainFile = '/etc/network/interfaces';

interface Look {
  readonly request: InterfaceRequest;
  readonly path: string;
  /** What the file is to be; `undefined` when it is that already. */
  readonly content: string | undefined;
  readonly bond: { readonly path: string; readonly content: string } | undefined;
  readonly isUp: boolean;
  readonly changes: Changes;
}

/** Compares an interface with its description in the files of ifupdown. Throws `state-failed`. */
export async function checkInterface(request: InterfaceRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const { host } = context;
  const { name, kind } = request;
  const path = await findInterfaceFile(request, host);
  const parent = path.slice(0, path.lastIndexOf('/'));
  if ((await host.files.stat(parent, { follow: true })) === undefined) return fails(`${parent} cannot be written.`);
  const old = takeInterface((await readText(host, path)) ?? '', name);
  const wanted = interfaceLines(toInterfaceWish(name, request, request.given));
  const bond = kind === 'bond' ? await planBond(request, host) : undefined;
  const isUp = await isInterfaceUp(host, name);
  const file = compareFile(name, old.own, wanted);
  const hasChanges = file.change !== undefined || bond !== undefined;
  const changes = omitAbsent({
    interface: file.change,
    bond: bond === undefined ? undefined : `Added bond ${name}.`,
    status: statusChange(request, { isUp, hasChanges }),
  });
  if (Object.keys(changes).length === 0) return isOk(`Interface ${name} is up to date.`);
  const content = file.change === undefined ? undefined : putInterface(old, wanted);
  const look: Look = { request, path, content, bond, isUp, changes };
  return willChange({ comment: file.pending, changes }, (machine) =>
    attempt('', async () => {
      await bringAbout(look, context, machine);
      return { comment: file.done, changes };
    }),
  );
}

interface FileVerdict {
  readonly change: string | undefined;
  readonly pending: string;
  readonly done: string;
}

function compareFile(name: string, own: readonly string[], wanted: readonly string[]): FileVerdict {
  const same = `Interface ${name} is up to date.`;
  if (isSameInterface(own, wanted)) return { change: undefined, pending: same, done: same };
  if (own.length === 0)
    return {
      change: 'Added network interface.',
      pending: `Interface ${name} is set to be added.`,
      done: `Interface ${name} added.`,
    };
  const diff = unifiedDiff(toLines(own), toLines(wanted)).join('').trimEnd();
  return {
    change: diff,
    pending: `Interface ${name} is set to be updated:\n${diff}`,
    done: `Interface ${name} updated.`,
  };
}

function toLines(lines: readonly string[]): readonly string[] {
  return lines.map((line) => `${line}\n`);
}

async function readText(host: ReadHost, path: string): Promise<string | undefined> {
  const bytes = await host.files.read(path);
  return bytes === undefined ? undefined : Buffer.from(bytes).toString('utf8');
}

/** The file that is named, else the one that has the interface already, else the main one. */
export async function findInterfaceFile(
  { name, filename }: Pick<InterfaceRequest, 'name' | 'filename'>,
  host: ReadHost,
): Promise<string> {
  if (filename?.startsWith('/') === true) return filename;
  if (filename !== undefined) return interfaceFile(filename);
  const others = ((await host.files.list(folder)) ?? []).map((file) => `${folder}/${file}`);
  for (const path of [mainFile, ...others])
    if (takeInterface((await readText(host, path)) ?? '', name).own.some((line) => line.startsWith('iface ')))
      return path;
  return mainFile;
}

function interfaceFile(name: string): string {
  if (!/^[^/\n\0]+$/.test(name) || name === '.' || name === '..')
    throw new AppError({ code: 'state-failed', message: `'${name}' is no name of a file below ${folder}` });
  return `${folder}/${name}`;
}

async function planBond({ name, given }: InterfaceRequest, host: ReadHost): Promise<Look['bond']> {
  const options = Object.entries(bondOptions(name, given)).map(([key, value]) => `${key}=${value} `);
  const content = `alias ${name} bonding\noptions ${name} ${options.join('')}`;
  const path = `/etc/modprobe.d/${name}.conf`;
  return (await readText(host, path)) === content ? undefined : { path, content };
}

async function isInterfaceUp(host: ReadHost, name: string): Promise<boolean> {
  const flags = await readText(host, `/sys/class/net/${name}/flags`);
  return flags !== undefined && (Number(flags.trim()) & 1) === 1;
}

function statusChange(
  { name, enabled, operates, kind }: InterfaceRequest,
  { isUp, hasChanges }: { readonly isUp: boolean; readonly hasChanges: boolean },
): string | undefined {
  // A slave follows its master.
  if (!operates || kind === 'slave') return undefined;
  if (!enabled) return isUp ? `Interface ${name} down` : undefined;
  if (!isUp) return `Interface ${name} is up`;
  return hasChanges ? `Interface ${name} restart to validate` : undefined;
}

const packages: Readonly<Partial<Record<InterfaceKind, readonly [program: string, name: string]>>> = {
  bridge: ['brctl', 'bridge-utils'],
  bond: ['ifenslave', 'ifenslave'],
  vlan: ['vconfig', 'vlan'],
};

async function bringAbout(
  { request, path, content, bond, isUp, changes }: Look,
  context: StateContext,
  machine: Host,
): Promise<void> {
  const { name, kind, enabled } = request;
  const [program, needed] = packages[kind] ?? [];
  if (program !== undefined && (await machine.which(program)) === undefined)
    await context.call('pkg.install', [needed ?? '']);
  if (content !== undefined) await machine.files.write(path, Buffer.from(content));
  if (bond !== undefined) {
    await machine.files.write(bond.path, Buffer.from(bond.content));
    await runTool(machine, ['modprobe', 'bonding']);
  }
  if (!('status' in changes)) return;
  if (isUp) await runTool(machine, ['ifdown', name]);
  if (enabled) await runTool(machine, ['ifup', name]);
}

/** Everything that was given, requisites left out. */
export function toGivenSettings(known: Readonly<Record<string, unknown>>, unknown: Dict): Dict {
  const rows = Object.entries(known).filter(([, value]) => value !== undefined && value !== null);
  const given = new Map(
    [...unknown].filter(([, value]) => value !== null).map(([key, value]) => [pythonStr(key), value]),
  );
  for (const [key, value] of rows) given.set(key, value as never);
  return new Map([...given].filter(([, value]) => !(isDict(value) && value.size === 0)));
}
