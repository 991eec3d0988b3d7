import type { ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import { firstProcess } from './first-process.ts';
import { createSupervision } from './supervision.ts';

// Where runsvdir looks.
const supervised = ['/service', '/var/service', '/etc/service'];

/** runit, through `sv`. */
export const runit = createSupervision({
  name: 'runit',
  offered: ['/etc/sv', '/etc/runit/sv'],
  folder: serviceFolder,
  isRunning: async (host, path) => {
    const { stdout } = await host.inspect({ command: ['sv', 'status', path], timeout: 30_000 });
    return stdout.startsWith('run: ');
  },
  isSupervised: async (host, path) =>
    (await host.inspect({ command: ['sv', 'status', path], timeout: 30_000 })).exitCode === 0,
  act: async (machine, verb, path) => {
    await runTool(machine, ['sv', verb === 'force-reload' ? 'restart' : verb, path]);
  },
});

/** Whether runit is the first process: its folders are also on machines that merely have the package. */
export async function hasRunit(host: ReadHost): Promise<boolean> {
  const [program = ''] = await firstProcess(host);
  if (!firstPrograms.has(program) || (await host.which('sv')) === undefined) return false;
  return (await serviceFolder(host)) !== undefined;
}

/** As the first process of a machine, or of a container. */
const firstPrograms: ReadonlySet<string> = new Set(['runit', 'runit-init', 'runsvdir', 'runsvdir-start']);

async function serviceFolder(host: ReadHost): Promise<string | undefined> {
  for (const folder of supervised) if ((await host.files.stat(folder, { follow: true })) !== undefined) return folder;
  return undefined;
}
