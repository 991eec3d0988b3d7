import { isHarmlessName, dynamicBranch, readGitRemotes, type GitRemote } from './read-git-remotes.ts';
import { createFileRoots } from '../../../file-roots/file-roots.ts';
import { isAppError, type Dict } from '@brine/common';
import type { ExternalPillar, ExternalPillarRequest } from '../../external-pillar.ts';
import type { ExternalPillarPorts } from '../external-pillar-ports.ts';
import { sourceFault } from '../source-fault.ts';
import type { GitTrees } from './git-trees-store.ts';
import { openConfiguredTrees } from './open-configured-trees.ts';

/** A remote as it is worked with for one pillar. */
interface Place {
  readonly remote: GitRemote;
  readonly folder: string;
  readonly environment: string;
}

/** `git`: the top files and pillar files of repositories, each remote compiled like a tree of its own. */
export function createGitPillar({ disk, template }: ExternalPillarPorts): ExternalPillar {
  return {
    name: 'git',
    async load(request) {
      const { configuration, options } = request;
      const trees = openConfiguredTrees(options, template.call);
      const places: Place[] = [];
      for (const remote of readGitRemotes(configuration, options)) {
        const place = await bring(remote, request, trees);
        if (place !== undefined) places.push(place);
      }
      const pillarenv = environmentIn(options, 'pillarenv');
      const parts = [];
      for (const place of places) {
        const isOther = pillarenv !== undefined && place.environment !== pillarenv;
        if (isOther || place.remote.mountpoint !== '') continue;
        const roots = new Map([[place.environment, foldersOf(place, places, options)]]);
        parts.push(await request.compileFiles(createFileRoots({ roots, disk }), place.environment));
      }
      return parts;
    },
  };
}

/** The files of a remote for this pillar; `undefined` when it has no branch for the environment. */
async function bring(
  remote: GitRemote,
  { options }: ExternalPillarRequest,
  trees: GitTrees,
): Promise<Place | undefined> {
  const wanted = wantedBranch(remote, options);
  const seconds = Number(options.get('git_pillar_update_interval') ?? 60);
  const isLocal = options.get('file_client') === 'local';
  let failure: unknown;
  if (isLocal || (await trees.isStale(remote, seconds))) {
    // What was fetched before will do while the server is away.
    await trees.fetch(remote).catch((error: unknown) => (failure = error));
  }
  const names = [wanted, ...(remote.fallback === '' ? [] : [remote.fallback])];
  for (const name of names) {
    const commit = await trees.resolve(remote, name);
    if (commit === undefined) continue;
    return {
      remote,
      folder: await trees.checkout(remote, commit),
      environment: environmentOf(remote, wanted, options),
    };
  }
  if (isAppError(failure)) throw failure;
  if (remote.branch === dynamicBranch) return undefined;
  throw sourceFault(`remote ${remote.id}: it has no branch, tag or commit ${wanted}`);
}

function wantedBranch({ branch, allSaltenvs, base, id }: GitRemote, options: Dict): string {
  if (branch !== dynamicBranch) return branch;
  if (allSaltenvs !== undefined) return allSaltenvs;
  const environment = environmentIn(options, 'pillarenv') ?? environmentIn(options, 'saltenv') ?? 'base';
  if (!isHarmlessName(environment)) throw sourceFault(`remote ${id}: ${environment} is not the name of a branch`);
  return environment === 'base' ? base : environment;
}

function environmentOf({ branch, allSaltenvs, env, base }: GitRemote, wanted: string, options: Dict): string {
  const current = environmentIn(options, 'pillarenv') ?? environmentIn(options, 'saltenv');
  if (branch === dynamicBranch && allSaltenvs !== undefined) return current ?? 'base';
  if (env === dynamicBranch) return current ?? base;
  if (env !== '') return env;
  return wanted === base ? 'base' : wanted;
}

function environmentIn(options: Dict, name: string): string | undefined {
  const found = options.get(name);
  return typeof found === 'string' && found !== '' ? found : undefined;
}

/** A remote sees the files of the others in its environment, its own first. */
function foldersOf(place: Place, places: readonly Place[], options: Dict): readonly string[] {
  if (options.get('git_pillar_includes') === false) return [place.folder];
  const others = places.filter((other) => other !== place && other.environment === place.environment);
  return [place.folder, ...others.map(({ folder }) => folder)];
}
