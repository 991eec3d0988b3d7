import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createControlSurface, listenOnSocket, type ControlPorts, type KeyChange, type KeyEntry } from '@brine/api';
import { controlSocketPath, silentLogger } from '@brine/common';
import { startProgram, type Finished, type RunningProgram } from '../fleet/running-program.ts';

/** What the fake master does; a port that is not given must not be used. */
export type FakePorts = { readonly [Port in keyof ControlPorts]?: Partial<ControlPorts[Port]> };

/** A control surface over ports of a test, and the programs of the checkout that talk to it. */
export interface FakeMaster {
  start(program: string, args: readonly string[], input?: string): RunningProgram;
  run(program: string, args: readonly string[], input?: string): Promise<Finished>;
  /** Cuts every connection, as a master does that dies. */
  cut(): void;
  end(): Promise<void>;
}

const checkout = fileURLToPath(new URL('../../', import.meta.url));

/** Serves `ports` on a socket in a scratch folder. */
export async function createFakeMaster(ports: FakePorts, configuration = ''): Promise<FakeMaster> {
  const folder = mkdtempSync(join(tmpdir(), 'brine-cli-'));
  writeFileSync(join(folder, 'master'), `root_dir: ${folder}\nsock_dir: ${folder}/sock\n${configuration}`);
  const access = { judgeJob: () => {}, judgeSpecial: () => {}, judgeSecrets: () => {} };
  const surface = createControlSurface({ access, ...ports } as unknown as ControlPorts, silentLogger);
  await listenOnSocket(surface, controlSocketPath(join(folder, 'sock')));
  const env = { ...process.env, SALT_CONFIG_DIR: '', NO_COLOR: '1', USER: 'operator', SUDO_USER: undefined };
  const start: FakeMaster['start'] = (program, args, input) =>
    startProgram({
      file: join(checkout, 'bin', program),
      args: ['-c', folder, ...args],
      env,
      ...(input === undefined ? {} : { input }),
    });
  return {
    start,
    run: (program, args, input) => start(program, args, input).ended,
    cut: () => surface.server.closeAllConnections(),
    end: async () => {
      await surface.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Keys that are changed as a master's are. */
export function fakeKeys(entries: readonly KeyEntry[]): NonNullable<FakePorts['keys']> & { changes: KeyChange[] } {
  const changes: KeyChange[] = [];
  return {
    changes,
    list: (match = '*') => Promise.resolve(entries.filter(({ id }) => match === '*' || id === match)),
    change: (change) => {
      changes.push(change);
      const { match, from } = change;
      return Promise.resolve(entries.filter(({ id, state }) => from.includes(state) && [id, '*'].includes(match)));
    },
    master: () => Promise.resolve({ fingerprint: 'aa:bb', publicKey: 'MASTER KEY' }),
  };
}
