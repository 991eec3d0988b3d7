import { describeRealState, describeState } from '@brine/testkit';
import { mknod } from './mknod.ts';
import { shortcut } from './shortcut.ts';

describeRealState(mknod, [
  {
    title: 'makes a named pipe, with the directories above it',
    arguments: (folder) => ({ name: `${folder}/run/app.fifo`, ntype: 'p', mode: '0640' }),
    pending: (folder) => ({
      comment: `Fifo pipe ${folder}/run/app.fifo is set to be created`,
      changes: { new: `Fifo pipe ${folder}/run/app.fifo created.` },
    }),
    applied: () => ({ comment: '' }),
  },
  {
    title: 'refuses a file in the way',
    before: (folder, host) => host.files.write(`${folder}/x`, Buffer.from('x')),
    arguments: (folder) => ({ name: `${folder}/x`, ntype: 'b', major: 1, minor: 2 }),
    fails: (folder) => `File ${folder}/x exists and is not a block device. Refusing to continue`,
  },
  {
    title: 'refuses a device with other numbers',
    arguments: () => ({ name: '/dev/null', ntype: 'c', major: 9, minor: 9, mode: '0666' }),
    fails: () => 'Character device /dev/null exists and has a different major/minor 1/3. Refusing to continue',
  },
  {
    title: 'finds a device that is as it should be',
    arguments: () => ({ name: '/dev/null', ntype: 'c', major: 1, minor: 3, mode: '0666' }),
    ok: () => 'Character device /dev/null is in the correct state',
  },
]);

describeState(mknod, [
  {
    title: 'knows three kinds',
    arguments: { name: '/dev/x', ntype: 'q' },
    fails: "Node type unavailable: 'q'. Available node types are character ('c'), block ('b'), and pipe ('p')",
  },
]);

describeState(shortcut, [
  {
    title: 'is refused',
    arguments: { name: 'C:\\x.lnk', target: 'C:\\x' },
    fails: 'Shortcuts are only supported on Windows',
  },
]);
