import { Option, type Command } from 'commander';
import type { Target, TargetType } from '@brine/common';
import { cliError, usageExitCode } from '../errors.ts';

const targetOptions: readonly { readonly flags: string; readonly type: TargetType; readonly description: string }[] = [
  { flags: '-E, --pcre', type: 'pcre', description: 'the target is a regular expression over minion ids' },
  { flags: '-L, --list', type: 'list', description: 'the target is a list of minion ids, separated by commas' },
  { flags: '-G, --grain', type: 'grain', description: 'the target is a grain and a glob: os:Debian' },
  { flags: '-P, --grain-pcre', type: 'grain_pcre', description: 'the target is a grain and a regular expression' },
  {
    flags: '-N, --nodegroup',
    type: 'nodegroup',
    description: "the target is a nodegroup of the master's configuration",
  },
  { flags: '-C, --compound', type: 'compound', description: 'the target combines others: G@os:Debian and not web*' },
  { flags: '-I, --pillar', type: 'pillar', description: 'the target is a pillar key and a glob' },
  {
    flags: '-J, --pillar-pcre',
    type: 'pillar_pcre',
    description: 'the target is a pillar key and a regular expression',
  },
  { flags: '-R, --range', type: 'range', description: 'the target is a range of minion ids: web1..9,-web3' },
  { flags: '-S, --ipcidr', type: 'ipcidr', description: 'the target is a network (10.0.0.0/8) or an address' },
];

/** Adds the options that say how the target is read, those of `types` or all; without one it is a glob over minion ids. */
export function addTargetOptions(command: Command, types?: readonly TargetType[]): Command {
  for (const { flags, type, description } of targetOptions) {
    if (types === undefined || types.includes(type)) command.addOption(new Option(flags, description));
  }
  if (types === undefined) {
    command.option(
      '-D, --delimiter <text>',
      'what parts keys and values of grain and pillar targets (default: a colon)',
    );
  }
  return command;
}

/** The target that the options and the first argument name. Throws `usage` when two kinds were asked for. */
export function readTarget(command: Command, expression: string): Target {
  const chosen = targetOptions.filter(({ flags }) => {
    const option = new Option(flags);
    return command.getOptionValue(option.attributeName()) === true;
  });
  if (chosen.length > 1) {
    const names = chosen.map(({ flags }) => flags.split(', ')[1]).join(' and ');
    throw cliError('usage', `${names} exclude each other`, { exitCode: usageExitCode });
  }
  const type = chosen[0]?.type ?? 'glob';
  const delimiter = command.getOptionValue('delimiter') as string | undefined;
  return {
    type,
    expression: type === 'list' ? listOf(expression) : expression,
    ...(delimiter === undefined ? {} : { delimiter }),
  };
}

/** Ids with commas, or with blanks alone, as Salt reads them. */
function listOf(expression: string): string {
  return expression.includes(',') ? expression.replaceAll(' ', '') : expression.trim().split(/\s+/).join(',');
}
