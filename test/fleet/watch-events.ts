import type { Fleet } from './fleet.ts';
import type { RunningProgram } from './running-program.ts';

/** Starts `salt-run state.event`; resolves once it is told of events, so that none that follows is missed. */
export async function watchEvents(fleet: Pick<Fleet, 'start' | 'run'>): Promise<RunningProgram> {
  const watcher = fleet.start('salt-run', 'master', ['state.event']);
  let isWatching = false;
  const hello = watcher.line((line) => line.startsWith('fleet/hello')).then(() => (isWatching = true));
  while (!isWatching) await Promise.race([hello, fleet.run('salt-run', 'event.send', 'fleet/hello')]);
  return watcher;
}
