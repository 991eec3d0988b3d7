import { describeState, type FakeProgram } from '@brine/testkit';
import { present } from './present.ts';

const tee: FakeProgram = async ([path], machine, { input }) => {
  await machine.files.write(path ?? '', Buffer.from(`always madvise [${String(input)}]\n`));
  return '';
};
const before = { files: { '/sys/kernel/mm/enabled': 'always [madvise] never\n' }, programs: { tee } };

describeState(present, [
  {
    title: 'sets an attribute with choices',
    before,
    arguments: { name: 'kernel/mm/enabled', value: 'never' },
    pending: {
      comment: 'SysFS attribute kernel/mm/enabled set to be changed.',
      changes: { 'kernel/mm/enabled': 'never' },
    },
    applied: { comment: 'Updated SysFS attribute kernel/mm/enabled to never' },
    after: { '/sys/kernel/mm/enabled': 'always madvise [never]\n' },
  },
  {
    title: 'knows the choice that counts',
    before,
    arguments: { name: 'kernel/mm/enabled', value: 'madvise' },
    ok: 'SysFS attribute kernel/mm/enabled is already set.',
  },
  {
    title: 'misses an attribute',
    before,
    arguments: { name: 'kernel/none', value: 1 },
    fails: "SysFS attribute kernel/none doesn't exist.",
  },
  {
    title: 'takes no folder for an attribute',
    before,
    arguments: { name: 'kernel/mm', value: 1 },
    fails: 'kernel/mm is not a SysFS attribute.',
  },
  {
    title: 'does not leave the tree',
    before,
    arguments: { name: '../etc/passwd', value: 1 },
    fails: '../etc/passwd is not a SysFS attribute.',
  },
]);
