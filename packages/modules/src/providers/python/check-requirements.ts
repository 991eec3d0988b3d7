import { pythonStr, type CheckOutcome, type Plain } from '@brine/common';
import { fails, isOk, willChange, type Host, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { findSource } from '../files/find-source.ts';
import { toPipOptions, type PipOptions } from './pip-arguments.ts';
import { isMet, listInstalled, readRequirementsFile, runPip, type PipPlace } from './pip.ts';

/** A file of requirements, or a checkout, that is to be installed with pip. */
export interface RequirementsRequest extends PipOptions {
  readonly name: string;
  /** One file, several with commas between them, or a list. */
  readonly requirements: string | readonly string[] | undefined;
  readonly editable: readonly string[] | undefined;
  readonly place: PipPlace;
}

/** Where the requirements file lies and whether everything it asks for is installed; a text says why it cannot be read. */
export async function readRequirements(
  url: string,
  request: Pick<RequirementsRequest, 'name' | 'place'>,
  context: StateContext,
): Promise<{ readonly path: string; readonly isMet: boolean } | string> {
  // A path is pip's to find: it may be relative to the working directory.
  const path = url.startsWith('/') || !url.includes('://') ? absolute(url, request.place.cwd) : url;
  const found = await findSource({ source: path, skipVerify: true, target: request.name }, context);
  if (typeof found === 'string') return `pip requirements file '${url}' not found`;
  const text = Buffer.from((await context.host.files.read(found.path)) ?? '').toString('utf8');
  const wanted = readRequirementsFile(text);
  const installed = wanted === undefined ? undefined : await listInstalled(context.host, request.place);
  const met = installed !== undefined && wanted?.every((one) => isMet(one, installed)) === true;
  return { path: found.path, isMet: met };
}

function absolute(path: string, cwd: string | undefined): string {
  return path.startsWith('/') || cwd === undefined ? path : `${cwd}/${path}`;
}

/** Compares what is installed with a file of requirements; a checkout is installed each time. */
export async function checkRequirements(
  request: RequirementsRequest,
  context: StateContext,
): Promise<CheckOutcome<Host>> {
  const { editable } = request;
  const files = toFiles(request.requirements);
  if ([...files, ...(editable ?? [])].some((one) => one.startsWith('-')))
    return fails('A requirements file or checkout must not start with a dash');
  const found = await readAll(files, request, context);
  if (typeof found === 'string') return fails(found);
  const always = request.upgrade === true || request.force_reinstall === true || request.ignore_installed === true;
  const isDone = files.length === 0 || (found.areMet && !always);
  if (isDone && editable === undefined) return isOk('Requirements were already installed.');
  return willInstall(request, isDone ? [] : found.paths, context);
}

async function readAll(
  files: readonly string[],
  request: RequirementsRequest,
  context: StateContext,
): Promise<{ readonly paths: readonly string[]; readonly areMet: boolean } | string> {
  const paths: string[] = [];
  let areMet = true;
  for (const file of files) {
    const found = await readRequirements(file, request, context);
    if (typeof found === 'string') return found;
    paths.push(found.path);
    areMet &&= found.isMet;
  }
  return { paths, areMet };
}

function toFiles(requirements: RequirementsRequest['requirements']): readonly string[] {
  if (typeof requirements !== 'string') return requirements ?? [];
  return requirements.split(',').map((file) => file.trim());
}

function willInstall(
  request: RequirementsRequest,
  paths: readonly string[],
  context: StateContext,
): CheckOutcome<Host> {
  const { place } = request;
  const editable = request.editable?.join(', ');
  const requirements = paths.length === 0 ? undefined : shownFiles(request.requirements);
  const changes: Record<string, Plain> = {
    ...(requirements === undefined ? {} : { requirements: true }),
    ...(editable === undefined ? {} : { editable: true }),
  };
  const words = [
    ...paths.map((path) => `--requirement=${path}`),
    ...(request.editable ?? []).map((one) => `--editable=${one}`),
  ];
  return willChange({ comment: pendingText(requirements, editable), changes }, (machine) =>
    attempt(failureText(requirements, editable), async () => {
      const args = ['install', '--disable-pip-version-check', ...toPipOptions(request), ...words];
      await runPip(machine, args, { place, signal: context.signal });
      return { comment: doneText(requirements, editable), changes };
    }),
  );
}

function shownFiles(requirements: RequirementsRequest['requirements']): string {
  return typeof requirements === 'object' ? pythonStr([...requirements]) : (requirements ?? '');
}

function doneText(requirements: string | undefined, editable: string | undefined): string {
  return [
    ...(requirements === undefined ? [] : [`Successfully processed requirements file ${requirements}.`]),
    ...(editable === undefined ? [] : [`Package successfully installed from VCS checkout ${editable}.`]),
  ].join(' ');
}

function pendingText(requirements: string | undefined, editable: string | undefined): string {
  return [
    ...(requirements === undefined ? [] : [`Requirements file '${requirements}' will be processed.`]),
    ...(editable === undefined
      ? []
      : [`Package will be installed in editable mode (i.e. setuptools "develop mode") from ${editable}.`]),
  ].join(' ');
}

function failureText(requirements: string | undefined, editable: string | undefined): string {
  return requirements === undefined
    ? `Unable to install from VCS checkout ${editable ?? ''}. Error`
    : `Unable to process requirements file "${requirements}" Error`;
}
