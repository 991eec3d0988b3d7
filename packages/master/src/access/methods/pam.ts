import type { LoginMethod, OnFault } from './login-method.ts';
import { runQuietly, type QuietResult } from './run-quietly.ts';

/** What `pam` works with. */
export interface PamOptions {
  /** The PAM service, `auth.pam.service`. */
  readonly service: string;
  readonly onFault: OnFault;
  readonly run?: (file: string, args: readonly string[], input?: string) => Promise<QuietResult>;
}

/** Names that no program takes for an option or a path. */
const userName = /^[a-z_][a-z0-9_.-]{0,255}\$?$/i;

/**
 * `pam`: the system's own PAM, by the program `pamtester`; where that is not installed, `unix_chkpwd` of PAM itself, which
 * knows the accounts of this machine only.
 */
export function createPamMethod({ service, onFault, run = runQuietly }: PamOptions): LoginMethod {
  const isLocked = async (user: string): Promise<boolean> => {
    const { status, stdout } = await run('passwd', ['-S', user]);
    return status === 0 && stdout.split(' ')[1] === 'L';
  };
  const mayComeIn = async (user: string): Promise<boolean> => {
    const { status } = await run('pamtester', [service, user, 'acct_mgmt']);
    if (status !== undefined) return status === 0;
    const { status: local } = await run('unix_chkpwd', [user, 'chkexpiry']);
    return local === 0;
  };
  /** Directories may find accounts whatever the case of a name; permissions are written for the name as it is. */
  const isOwnName = async (user: string): Promise<boolean> => {
    const { status, stdout } = await run('id', ['-un', '--', user]);
    return status !== 0 || stdout.trim() === user;
  };
  return {
    async prove({ username, password }) {
      if (!userName.test(username) || /[\0\r\n]/.test(password) || !(await isOwnName(username))) return false;
      const { status } = await run('pamtester', [service, username, 'authenticate', 'acct_mgmt'], `${password}\n`);
      if (status !== undefined) return status === 0;
      onFault('pamtester is not installed; only accounts of this machine can log in by pam');
      const { status: local } = await run('unix_chkpwd', [username, 'nonull'], `${password}\0`);
      if (local === undefined) onFault('neither pamtester nor unix_chkpwd can be run; nobody can log in by pam');
      return local === 0 && (await mayComeIn(username));
    },
    async groupsOf(user) {
      if (!userName.test(user)) return [];
      const { status, stdout } = await run('id', ['-Gn', '--', user]);
      return status === 0 ? stdout.trim().split(' ') : [];
    },
    async isStillGood(user) {
      return userName.test(user) && (await mayComeIn(user)) && !(await isLocked(user));
    },
  };
}
