import type { ReadHost } from '../../kit/index.ts';
import { runTool } from '../commands/run-tool.ts';
import { firstProcess } from './first-process.ts';
import type { ServiceVerb } from './service-manager.ts';
import { createSupervision } from './supervision.ts';

const commands: Readonly<Record<ServiceVerb, readonly string[]>> = {
  start: ['-wu', '-u'],
  stop: ['-wd', '-d'],
  restart: ['-wr', '-r'],
  reload: ['-h'],
  'force-reload': ['-wr', '-r'],
};
const millisecondsToWait = '60000';

/** s6, through `s6-svc`; the folder is the one that `s6-svscan` was started with. */
export const s6 = createSupervision({
  name: 's6',
  offered: ['/etc/s6/sv', '/etc/services.d'],
  folder: scannedFolder,
  isRunning: isUp,
  isSupervised: async (host, path) =>
    (await host.inspect({ command: ['s6-svok', path], timeout: 30_000 })).exitCode === 0,
  act: async (machine, verb, path) => {
    // What is down is not restarted but started.
    const wasUp = verb === 'restart' || verb === 'force-reload' ? await isUp(machine, path) : true;
    await runTool(machine, ['s6-svc', '-T', millisecondsToWait, ...commands[wasUp ? verb : 'start'], path]);
  },
  rescan: async (machine, folder) => {
    await runTool(machine, ['s6-svscanctl', '-a', folder]);
  },
});

async function isUp(host: ReadHost, path: string): Promise<boolean> {
  return (await host.inspect({ command: ['s6-svstat', '-u', path], timeout: 30_000 })).stdout.trim() === 'true';
}

/** Whether s6 is the first process. */
export async function hasS6(host: ReadHost): Promise<boolean> {
  return (await scannedFolder(host)) !== undefined && (await host.which('s6-svc')) !== undefined;
}

async function scannedFolder(host: ReadHost): Promise<string | undefined> {
  const words = await firstProcess(host);
  const folder = words.at(-1);
  return words[0] === 's6-svscan' && folder?.startsWith('/') === true ? folder : undefined;
}
