import { createLocalHost } from '@brine/modules';
import type { CommandRequest, Host } from '@brine/modules/kit';

/** This machine, with everything below a folder: paths are taken there, and programs are told to work there. */
export function createRootedHost(root: string, rooted: Readonly<Record<string, readonly string[]>>): Host {
  const host = createLocalHost();
  const at = (path: string): string => (path.startsWith(root) ? path : `${root}${path}`);
  const tell = (request: CommandRequest): CommandRequest => {
    if ('line' in request.command) return request;
    const [program = '', ...args] = request.command;
    const options = args.includes('-qp') || args.includes('--eval') ? [] : (rooted[program] ?? []);
    const words = /^(?:sv$|s6-)/.test(program) ? args.map((word) => (word.startsWith('/') ? at(word) : word)) : args;
    return { ...request, command: [program, ...options, ...words] };
  };
  const files: Host['files'] = {
    ...host.files,
    stat: (path, options) => host.files.stat(at(path), options),
    list: (path) => host.files.list(at(path)),
    read: (path, options) => host.files.read(at(path), options),
    write: (path, content, attributes) => host.files.write(at(path), content, attributes),
    remove: (path, options) => host.files.remove(at(path), options),
    makeSymlink: (path, target) => host.files.makeSymlink(at(path), at(target)),
    makeDirectory: (path, attributes) => host.files.makeDirectory(at(path), attributes),
  };
  return {
    ...host,
    files,
    which: async (program) => (program in rooted ? `/usr/bin/${program}` : undefined),
    inspect: (request) => host.inspect(tell(request)),
    run: (request) => host.run(tell(request)),
  };
}
