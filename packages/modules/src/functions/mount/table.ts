import { z } from 'zod';
import { commaList, flag, integer, lineText, textList, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readFstabLine, type FstabEntry } from '../../providers/mounts/fstab.ts';
import { planFstab } from '../../providers/mounts/plan-fstab.ts';
import { failure } from '../failure.ts';
import { readText, writeText } from '../text-file.ts';

const name = lineText().describe('The mount point.');
const device = lineText().describe('The device.');
const config = withDefault(lineText(), '/etc/fstab').describe('The table.');

export const setFstab = defineFunction({
  name: 'mount.set_fstab',
  ignoresOthers: true,
  summary: 'Puts an entry into the mount table; answers new, change or present.',
  args: z.object({
    name,
    device,
    fstype: lineText().describe('Kind of the file system.'),
    opts: withDefault(commaList(), ['defaults']).describe('Mount options.'),
    dump: withDefault(integer(), 0).describe('Fifth field.'),
    pass_num: withDefault(integer(), 0).describe('Sixth field.'),
    config,
    test: withDefault(flag(), false).describe('Only answer what would be done.'),
    match_on: withDefault(textList(), ['auto']).describe('Fields an entry is found by; `auto` lets the kind decide.'),
    not_change: withDefault(flag(), false).describe('Leave an entry that is there as it is.'),
  }),
  examples: ["'*' mount.set_fstab /mnt/foo /dev/sdz1 ext4"],
  async run(args, { host }) {
    const entry: FstabEntry = {
      ...{ device: args.device, name: args.name, type: args.fstype, options: args.opts.join(',') },
      ...{ dump: String(args.dump), pass: String(args.pass_num) },
    };
    const text = await readText(host, args.config);
    if (text === undefined) throw failure(`Bad config file "${args.config}"`);
    const plan = planFstab(text, { entry, matchOn: args.match_on, keepsFound: args.not_change });
    if (typeof plan === 'string') throw failure(plan);
    if (!args.test && plan.outcome !== 'present') await writeText(host, args.config, plan.text);
    return plan.outcome;
  },
});

export const rmFstab = defineFunction({
  name: 'mount.rm_fstab',
  summary: 'Takes an entry out of the mount table; answers true.',
  args: z.object({ name, device, config }),
  examples: ["'*' mount.rm_fstab /mnt/foo /dev/sdg"],
  async run({ name: point, device: source, config: table }, { host }) {
    const text = await readText(host, table);
    if (text === undefined) throw failure(`Couldn't read from ${table}: there is no such file`);
    const lines = text.split('\n');
    const kept = lines.filter((line) => {
      const entry = readFstabLine(line);
      return entry === undefined || entry.name !== point || entry.device !== source;
    });
    if (kept.length < lines.length) await writeText(host, table, kept.join('\n'));
    return true;
  },
});
