import { posix } from 'node:path';
import type { Account, Group, ReadHost } from '../../kit/index.ts';

/** What looking up accounts needs of a machine. */
type AccountHost = Pick<ReadHost, 'account' | 'accounts' | 'group' | 'groups' | 'groupsOf' | 'files'>;

/** The accounts of another system, from the files below its root; those of this machine without a root. */
export function rootedHost(host: ReadHost, root: string | undefined): AccountHost {
  if (root === undefined) return host;
  const accounts = async (): Promise<readonly Account[]> => (await rows(host, root, 'passwd')).map(toAccount);
  const groups = async (): Promise<readonly Group[]> => (await rows(host, root, 'group')).map(toGroup);
  return {
    files: host.files,
    accounts,
    groups,
    account: async (wanted) => (await accounts()).find(({ name, uid }) => name === wanted || uid === wanted),
    group: async (wanted) => (await groups()).find(({ name, gid }) => name === wanted || gid === wanted),
    async groupsOf(name) {
      const [account, all] = await Promise.all([
        accounts().then((found) => found.find((each) => each.name === name)),
        groups(),
      ]);
      return all.filter(({ gid, members }) => gid === account?.gid || members.includes(name)).map((each) => each.name);
    },
  };
}

async function rows(host: ReadHost, root: string, file: string): Promise<readonly (readonly string[])[]> {
  const bytes = await host.files.read(posix.join(root, 'etc', file));
  const lines = new TextDecoder().decode(bytes ?? new Uint8Array()).split('\n');
  return lines.filter((line) => line.includes(':')).map((line) => line.split(':'));
}

function toAccount([name = '', , uid, gid, fullName = '', home = '', shell = '']: readonly string[]): Account {
  return { name, uid: Number(uid), gid: Number(gid), fullName, home, shell };
}

function toGroup([name = '', , gid, members = '']: readonly string[]): Group {
  return { name, gid: Number(gid), members: members.split(',').filter((member) => member !== '') };
}
