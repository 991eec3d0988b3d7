import { pythonStr, type Dict } from '@brine/common';
import { z } from 'zod';
import { dict, operand, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';
import { runAndTellLines } from '../run-program.ts';

/** Options of mke2fs by Salt's names. */
const makingOptions: Readonly<Record<string, string>> = {
  block_size: 'b',
  check: 'c',
  direct: 'D',
  ext_opts: 'E',
  fragment_size: 'f',
  force: 'F',
  blocks_per_group: 'g',
  number_of_groups: 'G',
  bytes_per_inode: 'i',
  inode_size: 'I',
  journal: 'j',
  journal_opts: 'J',
  blocks_file: 'l',
  label: 'L',
  reserved: 'm',
  last_dir: 'M',
  test: 'n',
  number_of_inodes: 'N',
  creator_os: 'o',
  opts: 'O',
  revision: 'r',
  super: 'S',
  usage_type: 'T',
  uuid: 'U',
};

/** Options of tune2fs by Salt's names. */
const tuningOptions: Readonly<Record<string, string>> = {
  max: 'c',
  count: 'C',
  error: 'e',
  extended_opts: 'E',
  force: 'f',
  group: 'g',
  interval: 'i',
  journal: 'j',
  journal_opts: 'J',
  label: 'L',
  last_dir: 'M',
  opts: 'o',
  feature: 'O',
  mmp_check: 'p',
  reserved: 'r',
  quota_opts: 'Q',
  time: 'T',
  user: 'u',
  uuid: 'U',
};

const device = operand().describe('Path of the disk or partition.');
const keywords = (program: string) => withDefault<Dict>(dict(), new Map()).describe(`Options of ${program}.`);

/** Words of a command line; an option that is true stands alone, one that is false is left out. */
function wordsOf(options: Dict, letters: Readonly<Record<string, string>>): readonly string[] {
  return [...options].flatMap(([name, value]) => {
    if (typeof name === 'string' && name.startsWith('__')) return [];
    const letter = typeof name === 'string' ? letters[name] : undefined;
    if (letter === undefined) throw failure(`There is no option "${pythonStr(name)}" of a file system.`);
    const text = pythonStr(value);
    if (text === 'True') return [`-${letter}`];
    return text === 'False' ? [] : [`-${letter}`, text];
  });
}

// What mke2fs tells of its progress.
const progress =
  /^(mke2fs|Discarding device blocks|Allocating group tables|Writing inode tables|Creating journal|Writing superblocks)/;

export const mkfs = defineFunction({
  name: 'extfs.mkfs',
  summary: 'Makes an ext2, ext3 or ext4 file system; what was there is lost.',
  args: z.object({ device, fs_type: operand().describe('ext2, ext3 or ext4.'), kwargs: keywords('mke2fs') }),
  keywords: 'kwargs',
  examples: ["'*' extfs.mkfs /dev/sda1 fs_type=ext4 opts='acl,noexec'"],
  async run(args, context) {
    const options = wordsOf(args.kwargs, makingOptions);
    const said = await runAndTellLines(context, ['mke2fs', '-F', '-t', args.fs_type, ...options, args.device]);
    return said.filter((line) => line !== '' && !progress.test(line));
  },
});

export const tune = defineFunction({
  name: 'extfs.tune',
  summary: 'Sets what can be set of an ext2, ext3 or ext4 file system that is there.',
  args: z.object({ device, kwargs: keywords('tune2fs') }),
  keywords: 'kwargs',
  examples: ["'*' extfs.tune /dev/sda1 force=True label=wildstallyns opts='acl,noexec'"],
  run: (args, context) => runAndTellLines(context, ['tune2fs', ...wordsOf(args.kwargs, tuningOptions), args.device]),
});
