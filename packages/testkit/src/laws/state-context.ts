import { pythonStr, silentLogger, toValue, type Dict, type Plain } from '@brine/common';
import type { FetchedFile, FileServer, RenderRequest, StateContext } from '@brine/modules/kit';
import type { FakeHost } from '../fake-host/fake-host.ts';
import type { StateSurroundings } from './state-case.ts';

/** Builds the context of a state's check over a fake machine, whose `/cache` holds what the file server has. */
export async function createStateContext(
  host: FakeHost,
  name: string,
  surroundings: StateSurroundings = {},
): Promise<StateContext> {
  for (const [path, entry] of Object.entries(surroundings.served ?? {})) {
    const file = typeof entry === 'string' ? { text: entry, mode: 0o644 } : entry;
    const cached = `/cache/${path}`;
    const parent = cached.slice(0, cached.lastIndexOf('/'));
    if ((await host.files.stat(parent)) === undefined) await host.files.makeDirectory(parent, { parents: true });
    await host.files.write(cached, Buffer.from(file.text), { mode: file.mode });
  }
  const functions = surroundings.functions ?? {};
  return {
    host,
    step: { id: 'step', sls: 'test', saltenv: 'base', function: name },
    grains: toDict(surroundings.grains ?? {}),
    pillar: toDict(surroundings.pillar ?? {}),
    options: toDict({ id: 'web1', cachedir: '/var/cache/brine', ...surroundings.options }),
    log: silentLogger,
    signal: new AbortController().signal,
    fileServer: createFileServer(host, surroundings.served ?? {}),
    render: async (request) => (surroundings.render ?? renderPlainly)(request),
    call: async (called, positional = [], keyword: Dict = new Map()) => {
      const found = functions[called];
      if (found === undefined) throw new Error(`the case has no function ${called}`);
      return toValue(found(positional, keyword, host));
    },
    memory: new Map(),
    accumulated: new Map(Object.entries(surroundings.accumulated ?? {})),
    unknownArguments: new Map(),
    requiredSteps: (surroundings.requiredSteps ?? []).map(toDict),
    ...dependents(surroundings),
  };
}

function dependents({ dependentSteps: steps }: StateSurroundings): Pick<StateContext, 'dependentSteps'> {
  return steps === undefined ? {} : { dependentSteps: () => steps.map(toDict) };
}

function toDict(plain: Readonly<Record<string, Plain>>): Dict {
  return toValue(plain) as Dict;
}

function renderPlainly(request: RenderRequest): string {
  return request.text.replace(/\{\{ *(\w+) *\}\}/g, (_, name: string) => pythonStr(request.context.get(name) ?? null));
}

function createFileServer(host: FakeHost, served: NonNullable<StateSurroundings['served']>): FileServer {
  const paths = Object.keys(served).toSorted();
  const below = (prefix = ''): string[] => paths.filter((path) => path.startsWith(prefix));
  const directories = (prefix?: string): string[] => {
    const all = below(prefix).flatMap((path) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, index, parts) => parts.slice(0, index + 1).join('/')),
    );
    return [...new Set(all)].toSorted();
  };
  const fetch = async (url: string): Promise<FetchedFile | undefined> => {
    const path = url.replace(/^salt:\/\//, '').replace(/\?.*$/, '');
    const entry = served[path];
    if (entry === undefined) return undefined;
    const sha256 = (await host.files.hash(`/cache/${path}`, 'sha256')) ?? '';
    return { path: `/cache/${path}`, sha256, mode: typeof entry === 'string' ? 0o644 : entry.mode };
  };
  return {
    fetch,
    cached: async (url) => (await fetch(url))?.path,
    listFiles: async (_, prefix) => below(prefix),
    listDirectories: async (_, prefix) => directories(prefix),
    listEmptyDirectories: async () => [],
    listSymlinks: async () => new Map(),
    environments: async () => ['base'],
  };
}
