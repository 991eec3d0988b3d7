import { z } from 'zod';
import { operand } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { runAndTellLines } from '../run-program.ts';
import { optionArguments, optionWords } from './option-letters.ts';

// An argument to the letter of tune2fs and what it means.
const letters = {
  max: ['c', 'After how many mounts it is checked.'],
  count: ['C', 'How often it is said to have been mounted.'],
  error: ['e', 'What the kernel does on errors: continue, remount-ro or panic.'],
  extended_opts: ['E', 'Extended options.'],
  force: ['f', 'Whether errors are no matter.'],
  group: ['g', 'Group that may use the reserved blocks.'],
  interval: ['i', 'How much time may pass between checks.'],
  journal: ['j', 'Whether a journal is added.'],
  journal_opts: ['J', 'Options of the journal.'],
  label: ['L', 'Label of the file system.'],
  last_dir: ['M', 'Where it was last mounted.'],
  opts: ['o', 'Options of mounting.'],
  feature: ['O', 'Features to set, or with ^ to clear.'],
  mmp_check: ['p', 'Seconds between checks for other machines that have it mounted.'],
  reserved: ['r', 'How many blocks are reserved.'],
  quota_opts: ['Q', 'Options of quotas.'],
  time: ['T', 'When it is said to have been checked.'],
  user: ['u', 'Account that may use the reserved blocks.'],
  uuid: ['U', 'UUID of the file system.'],
} as const;

export const tune = defineFunction({
  name: 'extfs.tune',
  summary: 'Sets what can be set of an ext2, ext3 or ext4 file system that is there.',
  args: z.object({ device: operand().describe('Path of the disk or partition.'), ...optionArguments(letters) }),
  examples: ["'*' extfs.tune /dev/sda1 force=True label=wildstallyns opts='acl,noexec'"],
  run: ({ device, ...options }, context) =>
    runAndTellLines(context, ['tune2fs', ...optionWords(letters, options), device]),
});
