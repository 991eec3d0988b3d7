import { z } from 'zod';
import { defineState, fails, isOk, operand, willChange, withDefault } from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import { askRvm, findRuby, hasRvm, listRubies, runRvm, rvmUser } from '../../providers/rvm/rvm.ts';

/** `rvm.gemset_present` */
export const gemsetPresent = defineState({
  name: 'rvm.gemset_present',
  summary: 'Keeps a set of gems of a Ruby that RVM installed.',
  args: z.object({
    name: operand().describe('Name of the set, also as `RUBY@SET`.'),
    ruby: withDefault(operand(), 'default').describe('The Ruby.'),
    user: rvmUser,
  }),
  examples: [
    `mygemset:
  rvm.gemset_present:
    - ruby: ruby-3.2.2
    - user: deploy`,
  ],
  async check({ name, ruby: given, user }, { host }) {
    if (!(await hasRvm(host, user))) return fails('RVM is not installed.');
    const [named, set = ''] = name.includes('@') ? name.split('@') : [undefined, name];
    const ruby = named ?? given;
    if (named !== undefined && findRuby(await listRubies(host, user), named) === undefined)
      return fails('Requested ruby implementation was not found.');
    const listed = await askRvm(host, user, [ruby, 'do', 'rvm', 'gemset', 'list']);
    if (listed.split('\n').some((line) => line.replace(/^=>/, '').trim() === set))
      return isOk('Gemset already exists.');
    const changes = { [set]: 'created' };
    return willChange({ comment: `Set to install gemset ${set}`, changes }, (machine) =>
      attempt('Gemset could not be created', async () => {
        await runRvm(machine, user, { words: [ruby, 'do', 'rvm', 'gemset', 'create', set] });
        return { comment: 'Gemset successfully created.', changes };
      }),
    );
  },
});
