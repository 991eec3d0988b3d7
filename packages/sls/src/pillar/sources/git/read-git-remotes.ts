import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import { closestName, isDict, pythonStr, type Dict, type Value } from '@brine/common';
import { sourceFault } from '../source-fault.ts';

/** How a remote lets us in. */
export interface GitAccess {
  readonly user: string;
  readonly password: string;
  /** Whether a password may go over plain HTTP. */
  readonly insecureAuth: boolean;
  /** The file of a private key for SSH. */
  readonly privkey: string;
  readonly sslVerify: boolean;
}

/** One remote of a `git` source, with what the `git_pillar_*` keys say where it says nothing itself. */
export interface GitRemote {
  /** `BRANCH URL`, as it is written. */
  readonly id: string;
  /** Tells the copies of remotes apart on disk. */
  readonly key: string;
  readonly url: string;
  /** A branch, a tag, a commit, or `__env__` for that of the environment. */
  readonly branch: string;
  readonly name: string | undefined;
  /** The branch that is the environment `base`. */
  readonly base: string;
  /** The environment that the branch stands for; its own name if empty. */
  readonly env: string;
  /** The folder of the pillar files in the repository. */
  readonly root: string;
  /** The folder that the files appear in for other remotes. */
  readonly mountpoint: string;
  /** The branch that stands for every environment. */
  readonly allSaltenvs: string | undefined;
  /** The branch for environments that have none. */
  readonly fallback: string;
  readonly refspecs: readonly string[];
  readonly access: GitAccess;
}

/** The branch name that stands for that of the environment. */
export const dynamicBranch = '__env__';

const ownNames = ['name', 'mountpoint', 'all_saltenvs'];
const sharedNames = [
  ...['base', 'env', 'root', 'ssl_verify', 'refspecs', 'fallback'],
  ...['user', 'password', 'insecure_auth', 'privkey', 'pubkey', 'passphrase'],
];
const standards: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['base', 'master'],
  ['ssl_verify', true],
  ['refspecs', ['+refs/heads/*:refs/remotes/origin/*', '+refs/tags/*:refs/tags/*']],
]);

/** Reads the remotes of a `git` source. Throws `pillar-external`, naming the remote. */
export function readGitRemotes(configuration: Value, options: Dict): readonly GitRemote[] {
  const listed = Array.isArray(configuration) ? configuration : [configuration];
  if (listed.length === 0) throw sourceFault('it needs remotes: a list of `BRANCH URL`');
  const remotes = listed.map((entry) => readRemote(entry, options));
  const seen = new Set<string>();
  for (const { id, key } of remotes) {
    if (seen.has(key)) throw sourceFault(`the remote ${id} is there twice`, 'give one of them a name');
    seen.add(key);
  }
  return remotes;
}

function readRemote(entry: Value, options: Dict): GitRemote {
  const [id, own] = splitEntry(entry);
  const fail = (what: string, help?: string): never => {
    throw sourceFault(`remote ${id}: ${what}`, help);
  };
  requireKnown(own, fail);
  const valueOf = (name: string): Value =>
    own.get(name) ??
    (sharedNames.includes(name) ? options.get(`git_pillar_${name}`) : null) ??
    standards.get(name) ??
    '';
  const textOf = (name: string): string => pythonStr(valueOf(name));
  const [branch = '', url = ''] = splitId(id, options);
  if (branch !== dynamicBranch && own.has('base')) fail(`base goes with the branch ${dynamicBranch} only`);
  if (textOf('passphrase') !== '') fail('keys with a passphrase are not supported', 'use an ssh-agent, or another key');
  const refspecs = valueOf('refspecs');
  const remote: GitRemote = {
    ...{ id, url, branch, name: own.has('name') ? textOf('name') : undefined },
    key: createHash('sha256')
      .update(own.has('name') ? `name ${textOf('name')}` : `${branch} ${url}`)
      .digest('hex'),
    ...{ base: textOf('base'), env: textOf('env'), fallback: textOf('fallback') },
    root: insideOf(textOf('root'), 'root', fail),
    mountpoint: insideOf(textOf('mountpoint').replace(/^salt:\/\//, ''), 'mountpoint', fail),
    allSaltenvs: own.has('all_saltenvs') ? textOf('all_saltenvs') : undefined,
    refspecs: (Array.isArray(refspecs) ? refspecs : [refspecs]).map(pythonStr),
    access: {
      ...{ user: textOf('user'), password: textOf('password'), privkey: textOf('privkey') },
      insecureAuth: valueOf('insecure_auth') === true,
      sslVerify: valueOf('ssl_verify') !== false,
    },
  };
  requireHarmless(remote, fail);
  return remote;
}

function splitEntry(entry: Value): readonly [string, ReadonlyMap<string, Value>] {
  if (typeof entry === 'string') return [entry.trim(), new Map()];
  const [pair] = isDict(entry) && entry.size === 1 ? [...entry] : [];
  if (pair === undefined) throw sourceFault('a remote is `BRANCH URL`, alone or with a list of its parameters');
  const [id, given] = pair;
  const parts = Array.isArray(given) ? given : [given];
  const own = parts.flatMap((part) => (isDict(part) ? [...part] : []));
  if (own.length === 0) {
    throw sourceFault(`remote ${pythonStr(id)}: it has no parameters`, 'without any, leave the colon after it out');
  }
  return [pythonStr(id).trim(), new Map(own.map(([name, value]) => [pythonStr(name), value]))];
}

function requireKnown(own: ReadonlyMap<string, Value>, fail: Fail): void {
  const known = [...ownNames, ...sharedNames];
  for (const name of own.keys()) {
    if (known.includes(name)) continue;
    const near = closestName(name, known);
    fail(
      `it has no parameter ${name}`,
      near === undefined ? `there are: ${known.join(', ')}` : `did you mean ${near}?`,
    );
  }
}

/** A branch may be left out in favour of `git_pillar_branch`. */
function splitId(id: string, options: Dict): readonly string[] {
  const words = id.split(/\s+/);
  if (words.length >= 2) return [words[0] ?? '', words.slice(1).join(' ')];
  return [pythonStr(options.get('git_pillar_branch') ?? 'master'), id];
}

type Fail = (what: string, help?: string) => never;

function insideOf(path: string, name: string, fail: Fail): string {
  const normal = posix.normalize(`/${path}`).slice(1).replace(/\/$/, '');
  if (path.split('/').includes('..')) fail(`${name} leads out of the repository: ${path}`);
  return normal;
}

const protocols = /^(?:file|https?|ssh|git):\/\//;

/** Nothing that git would take for an option, or for a program to run. */
function requireHarmless({ url, branch, base, fallback, allSaltenvs, refspecs, access }: GitRemote, fail: Fail): void {
  for (const name of [branch, base, fallback, allSaltenvs ?? '']) {
    if (!isHarmlessName(name)) fail(`${name} is not the name of a branch`);
  }
  for (const spec of refspecs) if (spec.startsWith('-')) fail(`${spec} is not a refspec`);
  requireAddress(url, fail);
  if (access.password !== '' && url.startsWith('http://') && !access.insecureAuth) {
    fail('a password over plain HTTP could be read by others', 'use https, or set insecure_auth');
  }
}

function requireAddress(url: string, fail: Fail): void {
  const isShort = /^[^-:/\s][^:/\s]*:[^:\s]/.test(url) || url.startsWith('/');
  if (!isShort && !protocols.test(url))
    fail(`${url} is not the address of a repository`, 'file, https, ssh and git exist');
  if (/^ssh:\/\/(?:[^/@]*@)?-/.test(url) || /@-/.test(url)) fail(`${url} names a host that is none`);
}

/** Whether git takes a text for the name of a branch, a tag or a commit and for nothing else. */
export function isHarmlessName(name: string): boolean {
  return !name.startsWith('-') && !/[\s~^:?*[\\\p{Cc}]|\.\.|@\{/u.test(name);
}
