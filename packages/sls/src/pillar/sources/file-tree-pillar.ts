import { posix } from 'node:path';
import { compareTexts, getDict, mergeValues, pythonStr, resolveInside, type Dict, type Value } from '@brine/common';
import type { ExternalPillar, ExternalPillarRequest } from '../external-pillar.ts';
import type { ExternalPillarPorts } from './external-pillar-ports.ts';
import { isInNodegroup } from './is-in-nodegroup.ts';
import { kindBehindLinks } from './kind-behind-links.ts';
import { readFileTree, type FileTreeReading } from './read-file-tree.ts';
import { readSourceArguments, type SourceArguments } from './source-arguments.ts';
import { sourceFault } from './source-fault.ts';

const argumentNames = [
  ...['root_dir', 'follow_dir_links', 'debug', 'keep_newline', 'render_default'],
  ...['renderer_blacklist', 'renderer_whitelist', 'template'],
];

interface FileTree extends FileTreeReading {
  readonly request: ExternalPillarRequest;
  /** Says why there is nothing, when `debug` is set. */
  readonly explain: (message: string) => void;
}

/**
 * `file_tree`: the files below `hosts/ID` of a folder, over those below `nodegroups/NAME` of its nodegroups: folders
 * become dicts, files texts.
 */
export function createFileTreePillar({ disk, renderer, template }: ExternalPillarPorts): ExternalPillar {
  return {
    name: 'file_tree',
    async load(request) {
      const given = readSourceArguments(request.configuration, argumentNames);
      const tree: FileTree = {
        ...{ disk, renderer, request },
        context: { grains: request.grains, pillar: request.pillar, options: request.options, ports: template },
        followsLinks: given.flag('follow_dir_links'),
        keepsNewline: readKeepNewline(given.value('keep_newline') ?? false),
        rendering: given.flag('template') ? renderingOf(given) : undefined,
        explain: (message) => {
          if (given.flag('debug')) template.log('debug', `file_tree: ${message}`);
        },
      };
      let pillar: Dict = new Map();
      for (const root of await findRoots(given.requiredText('root_dir'), tree)) {
        pillar = merge(pillar, await readRoot(root, tree));
      }
      return pillar;
    },
  };
}

function readKeepNewline(setting: Value): boolean | readonly string[] {
  if (typeof setting === 'boolean') return setting;
  if (Array.isArray(setting)) return setting.map(pythonStr);
  throw sourceFault('keep_newline is neither true, false nor a list of globs');
}

function renderingOf(given: SourceArguments): NonNullable<FileTreeReading['rendering']> {
  const pipeline = given.text('render_default');
  const blacklist = given.list('renderer_blacklist')?.map(pythonStr);
  const whitelist = given.list('renderer_whitelist')?.map(pythonStr);
  return {
    ...(pipeline === undefined ? {} : { pipeline }),
    ...(blacklist === undefined ? {} : { blacklist }),
    ...(whitelist === undefined ? {} : { whitelist }),
  };
}

/** A relative folder lies in each of the pillar roots of the environment, and may be missing in some. */
async function findRoots(folder: string, { disk, request }: FileTree): Promise<readonly string[]> {
  const isFolder = async (path: string): Promise<boolean> => (await kindBehindLinks(path, disk)) === 'directory';
  if (posix.isAbsolute(folder)) {
    if (await isFolder(folder)) return [folder];
    throw sourceFault(`root_dir ${folder} does not exist or is no folder`);
  }
  const environment = request.options.get('pillarenv');
  if (typeof environment !== 'string') throw sourceFault('root_dir is relative, but pillarenv is not set');
  const roots = getDict(request.options, 'pillar_roots')?.get(environment);
  if (!Array.isArray(roots)) throw sourceFault(`root_dir is relative, but ${environment} has no pillar_roots`);
  const candidates = [...new Set(roots.map((root) => posix.join(pythonStr(root), folder)))];
  const found: string[] = [];
  for (const candidate of candidates) if (await isFolder(candidate)) found.push(candidate);
  if (found.length === 0) throw sourceFault(`root_dir ${folder} is in none of the pillar_roots of ${environment}`);
  return found;
}

async function readRoot(root: string, tree: FileTree): Promise<Dict> {
  const { disk, request } = tree;
  let pillar: Dict = new Map();
  for (const name of await memberships(root, tree)) {
    pillar = merge(pillar, await readFileTree(posix.join(root, 'nodegroups', name), tree));
  }
  const hosts = posix.join(root, 'hosts');
  const host = resolveInside(hosts, request.minionId);
  const kind = host === undefined ? undefined : await kindBehindLinks(host, disk);
  if (host === undefined || kind === undefined) {
    tree.explain(`${hosts} has no folder for ${request.minionId}`);
    return pillar;
  }
  if (kind !== 'directory') throw sourceFault(`${host} exists, but is no folder`);
  return merge(pillar, await readFileTree(host, tree));
}

async function memberships(root: string, { disk, request, explain }: FileTree): Promise<readonly string[]> {
  const defined = getDict(request.options, 'nodegroups') ?? new Map<Value, Value>();
  const folders = (await disk.list(posix.join(root, 'nodegroups'))) ?? [];
  if (defined.size === 0 || folders.length === 0) explain(`no nodegroups are defined, or ${root} has none`);
  return folders.filter((name) => defined.has(name) && isInNodegroup(name, request)).toSorted(compareTexts);
}

function merge(earlier: Dict, later: Dict): Dict {
  return mergeValues(earlier, later, 'recurse') as Dict;
}
