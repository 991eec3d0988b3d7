import { z } from 'zod';
import { oneOf, operand } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { runAndTellLines } from '../run-program.ts';
import { optionArguments, optionWords } from './option-letters.ts';

// An argument to the letter of mke2fs and what it means.
const letters = {
  block_size: ['b', 'Size of a block in bytes.'],
  check: ['c', 'Whether the device is looked over for bad blocks first.'],
  direct: ['D', 'Whether it is written past the cache.'],
  ext_opts: ['E', 'Extended options.'],
  fragment_size: ['f', 'Size of a fragment in bytes.'],
  blocks_per_group: ['g', 'How many blocks a group has.'],
  number_of_groups: ['G', 'How many groups make a large one.'],
  bytes_per_inode: ['i', 'How many bytes there are for an inode.'],
  inode_size: ['I', 'Size of an inode in bytes.'],
  journal: ['j', 'Whether there is a journal.'],
  journal_opts: ['J', 'Options of the journal.'],
  blocks_file: ['l', 'File that lists bad blocks.'],
  label: ['L', 'Label of the file system.'],
  reserved: ['m', 'Share in percent that is for root.'],
  last_dir: ['M', 'Where it was last mounted.'],
  test: ['n', 'Only tell what would be done.'],
  number_of_inodes: ['N', 'How many inodes there are.'],
  creator_os: ['o', 'The system that is said to have made it.'],
  opts: ['O', 'Features.'],
  revision: ['r', 'Revision of the file system.'],
  super: ['S', 'Write super block and descriptors of groups only.'],
  usage_type: ['T', 'What it is used for.'],
  uuid: ['U', 'UUID of the file system.'],
} as const;

const chatter =
  /^(?:mke2fs|Discarding device blocks|Allocating group tables|Writing inode tables|Creating journal|Writing superblocks)/;

export const mkfs = defineFunction({
  name: 'extfs.mkfs',
  summary: 'Makes a file system of the ext family, which loses all that is on the device.',
  args: z.object({
    device: operand().describe('The device.'),
    fs_type: oneOf('ext2', 'ext3', 'ext4').describe('The file system.'),
    ...optionArguments(letters),
  }),
  examples: ["'*' extfs.mkfs /dev/sda1 fs_type=ext4 opts='acl,noexec'"],
  async run({ device, fs_type: type, ...options }, context) {
    const words = optionWords(letters, options);
    const said = await runAndTellLines(context, ['mke2fs', '-F', '-t', type, ...words, device]);
    return said.filter((line) => line !== '' && !chatter.test(line));
  },
});
