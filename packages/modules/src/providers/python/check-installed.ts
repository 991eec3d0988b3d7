import { isDict, pythonStr, type Applied, type CheckOutcome, type Plain, type Value } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { comparePythonVersions } from './python-versions.ts';
import { toIndexOptions, toPipOptions, type PipOptions } from './pip-arguments.ts';
import {
  faultOfRequirement,
  isMet,
  listInstalled,
  newestOffered,
  normalName,
  readRequirement,
  runPip,
  type PipPlace,
  type Requirement,
} from './pip.ts';

/** Packages that are to be installed with pip. */
export interface PipRequest extends PipOptions {
  readonly name: string;
  readonly pkgs: Value[] | undefined;
  readonly place: PipPlace;
}

/** The requirements of a state: `pkgs`, or else its name. */
export function requirementsOf({ name, pkgs }: Pick<PipRequest, 'name' | 'pkgs'>): readonly Requirement[] {
  const texts = (pkgs ?? [name]).flatMap((item) =>
    isDict(item) ? Array.from(item, ([key, version]) => pythonStr(key) + pythonStr(version ?? '')) : [pythonStr(item)],
  );
  return texts.map(readRequirement);
}

/** Compares packages with what pip has installed. */
export async function checkPackages(request: PipRequest, context: StateContext): Promise<CheckOutcome<Host>> {
  const wanted = requirementsOf(request);
  const bad = wanted.find(({ text }) => /^-|[\n\r\0]/.test(text.trim()));
  if (bad !== undefined) return fails(`The name ${bad.text} cannot be that of a Python package`);
  const [fault] = wanted.flatMap((one) => faultOfRequirement(one) ?? []);
  if (fault !== undefined) return fails(fault);
  const installed = await listInstalled(context.host, request.place);
  const targets: Requirement[] = [];
  for (const one of wanted) if (await needsWork(one, { installed, request }, context.host)) targets.push(one);
  const settled = wanted
    .filter((one) => !targets.includes(one))
    .map(({ text }) => `Python package ${text} was already installed`);
  if (targets.length === 0) {
    const last = `All specified packages are already installed${request.upgrade === true ? ' and up-to-date' : ''}`;
    return isOk([...settled, last].join('\n'));
  }
  const changes = Object.fromEntries(targets.map(({ text }) => [text, 'Installed']));
  return willChange({ comment: describePending(wanted, targets), changes }, (machine) =>
    attempt(failureText(settled, targets), () => install({ request, targets, settled, context }, machine)),
  );
}

function describePending(wanted: readonly Requirement[], targets: readonly Requirement[]): string {
  if (wanted.length === 1) return `Python package ${targets[0]?.text ?? ''} is set to be installed`;
  return ['Python package(s) set to be installed:', ...targets.map(({ text }) => text)].join('\n');
}

function failureText(settled: readonly string[], targets: readonly Requirement[]): string {
  return [...settled, `Failed to install packages: ${targets.map(({ text }) => text).join(', ')}. Error`].join('\n');
}

async function needsWork(
  one: Requirement,
  { installed, request }: { readonly installed: ReadonlyMap<string, string>; readonly request: PipRequest },
  host: ReadHost,
): Promise<boolean> {
  if (request.force_reinstall === true || request.ignore_installed === true || !isMet(one, installed)) return true;
  if (request.upgrade !== true) return false;
  const newest = await newestOffered(host, one, { place: request.place, options: toIndexOptions(request) });
  const current = installed.get(normalName(one.name ?? '')) ?? '';
  return newest !== undefined && comparePythonVersions(newest, current) > 0;
}

async function install(
  plan: {
    readonly request: PipRequest;
    readonly targets: readonly Requirement[];
    readonly settled: readonly string[];
    readonly context: StateContext;
  },
  machine: Host,
): Promise<Applied> {
  const { request, targets, settled, context } = plan;
  const { place } = request;
  const words = targets.map(({ text }) => text.trim());
  await runPip(machine, ['install', '--disable-pip-version-check', ...toPipOptions(request), '--', ...words], {
    place,
    signal: context.signal,
  });
  const after = await listInstalled(machine, place);
  const changes: Record<string, Plain> = {};
  for (const { name, text } of targets) {
    const version = name === undefined ? '???' : after.get(normalName(name));
    if (version !== undefined) changes[`${name ?? text}==${version}`] = 'Installed';
  }
  return { comment: [...settled, 'All packages were successfully installed'].join('\n'), changes };
}
