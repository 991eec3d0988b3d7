import { isAppError, isDict, loadJson, pythonStr, type CheckOutcome, type Dict } from '@brine/common';
import { fails, isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { runTool } from '../commands/run-tool.ts';
import { choosePackageManager } from '../packages/choose-package-manager.ts';
import { noteRefreshed } from '../packages/package-memory.ts';
import { refreshLists } from '../packages/refresh-lists.ts';
import { readAptSources } from './apt-files.ts';
import { writeAptSource, type AptSource } from './apt-source.ts';
import { checkRepository } from './check-repository.ts';
import { dryRunNote } from './dry-run-note.ts';
import type { RepositoryRequest } from './settle-repository.ts';

/** A personal package archive of Launchpad. */
export interface Ppa {
  readonly owner: string;
  readonly archive: string;
}

/** The archive that a state names, by its argument or its own name; undefined when it names none. */
export function readPpa(name: string, ppa: string | undefined, grains: Dict): Ppa | string | undefined {
  const isUbuntu = grains.get('os') === 'Ubuntu' || grains.get('os') === 'Mint';
  const given = (isUbuntu ? ppa : undefined) ?? (name.startsWith('ppa:') ? name : undefined);
  if (given === undefined) return undefined;
  const bare = given.replace(/^ppa:/, '');
  if (!isUbuntu) return `cannot parse "ppa:" style repo definitions: ${given}`;
  const [, owner, archive] = /^~?([\w.+][\w.+-]*)\/([\w.+][\w.+-]*)$/.exec(bare) ?? [];
  if (owner !== undefined && archive !== undefined) return { owner, archive };
  return `Unable to get PPA info from argument. Expected format "<PPA_OWNER>/<PPA_NAME>" (e.g. saltstack/salt) not found.  Received '${bare}' instead.`;
}

/** Whether a source is that archive. */
export function isPpaSource({ uri }: Pick<AptSource, 'uri'>, { owner, archive }: Ppa): boolean {
  const [, path] =
    /^https?:\/\/(?:[^/@]*@)?(?:private-)?ppa\.launchpad(?:content)?\.net\/(.*?)\/ubuntu\/?$/.exec(uri) ?? [];
  return path === `${owner}/${archive}`;
}

/** The files of the newer form (`.sources`) that have that archive and nothing else. */
export async function ppaSourcesFiles(host: ReadHost, ppa: Ppa): Promise<readonly string[]> {
  const folder = '/etc/apt/sources.list.d';
  const names = ((await host.files.list(folder)) ?? []).filter((name) => name.endsWith('.sources'));
  const found: string[] = [];
  for (const name of names) {
    const text = Buffer.from((await host.files.read(`${folder}/${name}`)) ?? '').toString();
    const uris = Array.from(text.matchAll(/^URIs:\s*(.*)$/gm), ([, uri = '']) => uri.trim());
    const isOff = /^Enabled:\s*(?:no|false|off|0)\s*$/im.test(text);
    if (uris.length > 0 && !isOff && uris.every((uri) => isPpaSource({ uri }, ppa))) found.push(`${folder}/${name}`);
  }
  return found;
}

/** An archive as an SLS file describes it. */
export interface PpaRequest extends RepositoryRequest {
  readonly ppa_auth: string | undefined;
}

/** Compares an archive with what is configured. Where `apt-add-repository` is there it adds the archive, as in Salt. */
export async function checkPpa(request: PpaRequest, ppa: Ppa, context: StateContext): Promise<CheckOutcome<Host>> {
  const { name, ppa_auth: auth } = request;
  const found = (await readAptSources(context.host)).find(
    ({ source }) => source.type === 'deb' && isPpaSource(source, ppa),
  );
  if (found !== undefined) {
    const line = writeAptSource({ ...found.source, isDisabled: false });
    return checkRepository({ ...request, title: name, name: line, file: request.file ?? found.file }, context);
  }
  if ((await ppaSourcesFiles(context.host, ppa)).length > 0) return isOk(`Package repo '${name}' already configured`);
  const adds = auth === undefined && (await context.host.which('apt-add-repository')) !== undefined;
  return adds ? addByTool(request, ppa, context) : addByHand(request, ppa, context);
}

function addByTool(request: PpaRequest, { owner, archive }: Ppa, context: StateContext): CheckOutcome<Host> {
  const { name } = request;
  const changes = { repo: `ppa:${owner}/${archive}` };
  noteRefreshed(context.memory, false);
  return willChange({ comment: `Package repo '${name}' would be configured. ${dryRunNote}`, changes }, (machine) =>
    attempt(`Failed to configure repo '${name}'`, async () => {
      await runTool(machine, ['apt-add-repository', '-y', changes.repo], { environment: { LC_ALL: 'C.UTF-8' } });
      noteRefreshed(context.memory, false);
      if (request.refresh_db ?? request.refresh) {
        const manager = await choosePackageManager(machine, context.grains);
        await refreshLists(manager, machine, { wish: true, validSeconds: undefined, context });
      }
      return { comment: `Configured package repo '${name}'`, changes };
    }),
  );
}

async function addByHand(request: PpaRequest, ppa: Ppa, context: StateContext): Promise<CheckOutcome<Host>> {
  const { name, ppa_auth: auth } = request;
  const { owner, archive } = ppa;
  const dist = pythonStr(context.grains.get('oscodename') ?? '');
  const keys = await keysFor(request, ppa, context);
  if (typeof keys === 'string') return fails(`Failed to configure repo '${name}': ${keys}`);
  if (dist === '') return fails(`Failed to configure repo '${name}': the grain oscodename is not known`);
  const host = auth === undefined ? 'http://ppa.launchpad.net' : `https://${auth}@private-ppa.launchpad.net`;
  const line = `deb ${host}/${owner}/${archive}/ubuntu ${dist} main`;
  const file = request.file ?? `/etc/apt/sources.list.d/${owner}-${archive}-${dist}.list`;
  return checkRepository({ ...request, ...keys, title: name, name: line, file }, context);
}

type KeyWish = Pick<RepositoryRequest, 'keyid' | 'keyserver'>;

/** Where the key of an archive comes from; a text says why there is none. */
async function keysFor(request: PpaRequest, ppa: Ppa, context: StateContext): Promise<KeyWish | string> {
  const { keyid, keyserver = 'keyserver.ubuntu.com', key_url: url, key_text: text } = request;
  if (keyid !== undefined || url !== undefined || text !== undefined) return { keyid, keyserver };
  const title = `${ppa.owner}/${ppa.archive}`;
  if (request.ppa_auth !== undefined) return `Private PPAs require a keyid to be specified: ${title}`;
  const found = await fingerprintOf(ppa, context);
  return found === undefined ? `Launchpad does not know about ${title}` : { keyid: found, keyserver };
}

async function fingerprintOf(ppa: Ppa, context: StateContext): Promise<readonly string[] | undefined> {
  const key = await signingKeyOf(ppa, context, context.step.saltenv);
  return key === undefined ? undefined : [key];
}

/** The fingerprint of the key that Launchpad signs an archive with; undefined when it does not tell. */
export async function signingKeyOf(
  { owner, archive }: Ppa,
  context: Pick<StateContext, 'fileServer' | 'host' | 'log'>,
  saltenv: string,
): Promise<string | undefined> {
  const url = `https://launchpad.net/api/1.0/~${owner}/+archive/${archive}`;
  try {
    const fetched = await context.fileServer.fetch(url, saltenv);
    if (fetched === undefined) return undefined;
    const told = loadJson(Buffer.from((await context.host.files.read(fetched.path)) ?? '').toString());
    const key = isDict(told) ? told.get('signing_key_fingerprint') : undefined;
    return typeof key === 'string' && /^[0-9A-F]{16,}$/i.test(key) ? key : undefined;
  } catch (caught) {
    if (!isAppError(caught)) throw caught;
    context.log.warn('Launchpad could not be asked', { reason: caught.message });
    return undefined;
  }
}
