import type { Host } from '../../../kit/index.ts';
import { walkTree } from '../../files/walk-tree.ts';
import { accountRefusal } from './account-refusal.ts';
import type { HomeChange } from './edit-users.ts';

const skeleton = '/etc/skel';

/** Makes, gives away, moves or removes the folder of an account. */
export async function changeHome(machine: Pick<Host, 'files'>, change: HomeChange): Promise<void> {
  if (change.kind === 'make') await makeHome(machine, change);
  else if (change.kind === 'give') await giveHome(machine, change);
  else if (change.kind === 'move') await moveHome(machine, change);
  else await removeHome(machine, change);
}

type Change<Kind extends HomeChange['kind']> = Extract<HomeChange, { readonly kind: Kind }>;

async function makeHome({ files }: Pick<Host, 'files'>, { home, uid, gid }: Change<'make'>): Promise<void> {
  if ((await files.stat(home)) !== undefined) return;
  await files.makeDirectory(home, { parents: true, mode: 0o755 });
  for (const { path } of await treeOf({ files }, skeleton)) {
    const target = home + path.slice(skeleton.length);
    const found = await files.stat(path);
    if (found?.kind === 'directory') await files.makeDirectory(target, { mode: found.mode });
    else if (found?.kind === 'symlink') await files.makeSymlink(target, (await files.readLink(path)) ?? '');
    else if (found?.kind === 'file') await files.writeCopy(target, path, { mode: found.mode });
    else continue;
    await files.setAttributes(target, { uid, gid, follow: false });
  }
  await files.setAttributes(home, { uid, gid });
}

// Only what belonged to the account: a home may hold other people's files.
async function giveHome({ files }: Pick<Host, 'files'>, { home, from, to }: Change<'give'>): Promise<void> {
  const paths = [home, ...(await treeOf({ files }, home)).map(({ path }) => path)];
  for (const path of paths)
    if ((await files.stat(path))?.uid === from) await files.setAttributes(path, { uid: to, follow: false });
}

async function moveHome({ files }: Pick<Host, 'files'>, { home, to }: Change<'move'>): Promise<void> {
  if ((await files.stat(home))?.kind !== 'directory') return;
  if ((await files.stat(to)) !== undefined) throw accountRefusal(12, `directory ${to} exists`);
  await files.rename(home, to);
}

async function removeHome({ files }: Pick<Host, 'files'>, { home, user, uid }: Change<'remove'>): Promise<void> {
  for (const mail of [`/var/mail/${user}`, `/var/spool/mail/${user}`])
    if ((await files.stat(mail)) !== undefined) await files.remove(mail);
  const found = await files.stat(home);
  if (found === undefined) return;
  if (found.uid !== uid) throw accountRefusal(12, `${home} not owned by ${user}, not removing`);
  await files.remove(home, { recursive: true });
}

async function treeOf(machine: Pick<Host, 'files'>, top: string) {
  return (await machine.files.stat(top))?.kind === 'directory' ? walkTree(machine as Host, top) : [];
}
