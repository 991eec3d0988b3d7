import { join, resolve } from 'node:path';
import { AppError } from '../app-error.ts';
import { formatProblems } from '../format-problem.ts';
import type { Dict } from '../value.ts';
import { placeUnder } from './place-under.ts';
import { readConfigFiles } from './read-config-files.ts';

/** What a command-line client needs of the master's configuration, read without checking the rest of it. */
export interface MasterSettings {
  /** The keys that the files set, unchecked; the master itself complains about what is wrong with them. */
  readonly values: Dict;
  /** Absolute path of the master's control socket. */
  readonly socketPath: string;
  /** Absolute path of the file that the master logs to. */
  readonly logFile: string;
  /** The folder for sockets, absolute. */
  readonly sockDir: string;
}

/** Salt's default of `sock_dir` for a master. */
const defaultSockDir = '/var/run/salt/master';
const defaultLogFile = '/var/log/salt/master';

/** Path of the control socket in the folder for sockets. */
export function controlSocketPath(sockDir: string): string {
  return join(sockDir, 'control.sock');
}

/** Path of the socket that one local user alone can connect to, in the folder for sockets. */
export function userSocketPath(sockDir: string, user: string): string {
  return join(sockDir, 'doors', `user-${user}.sock`);
}

/** Path of the socket at which everybody can log in, in the folder for sockets. */
export function loginSocketPath(sockDir: string): string {
  return join(sockDir, 'doors', 'login.sock');
}

/**
 * Reads the files of the master's configuration in `configDir`, else in that of `SALT_CONFIG_DIR`, else in `/etc/salt`.
 * Throws `config-missing`, `config-unreadable` and `config-invalid`.
 */
export function readMasterSettings(configDir: string | undefined): MasterSettings {
  const named = configDir ?? process.env['SALT_CONFIG_DIR'];
  const folder = resolve(named === undefined || named === '' ? '/etc/salt' : named);
  const isRequired = named !== undefined && named !== '';
  const { values, problems } = readConfigFiles({ kind: 'master', configDir: folder, isRequired });
  if (problems.length > 0) {
    throw new AppError({
      code: 'config-invalid',
      message: `the configuration cannot be read:\n${formatProblems(problems)}`,
    });
  }
  const text = (key: string, otherwise: string): string => {
    const value = values.get(key);
    return typeof value === 'string' ? value : otherwise;
  };
  const root = resolve(text('root_dir', '/'));
  const sockDir = placeUnder(root, text('sock_dir', defaultSockDir));
  const logFile = placeUnder(root, text('log_file', defaultLogFile));
  return { values, socketPath: controlSocketPath(sockDir), logFile, sockDir };
}
