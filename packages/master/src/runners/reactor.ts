import { toValue, type Dict, type Plain, type Value } from '@brine/common';
import { flag, optional, text, textList, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner } from './define-runner.ts';

/** `reactor.list` */
export const listReactors = defineRunner({
  name: 'reactor.list',
  summary: 'The rules of the reactor: tags with their files of reactions.',
  args: z.object({}),
  examples: ['reactor.list'],
  run: (_args, { automation }) => automation.reactor().rules(),
});

/** `reactor.add` */
export const addReactor = defineRunner({
  name: 'reactor.add',
  summary: 'Adds a rule to the reactor, which is kept over restarts.',
  args: z.object({
    event: text().describe('A glob over tags.'),
    reactors: textList().describe('Files of reactions.'),
    origins: optional(textList()).describe('The only origins of events that it is meant for.'),
  }),
  examples: ["reactor.add 'deploy/*' /srv/reactor/deploy.sls"],
  async run({ event, reactors, origins }, { automation }) {
    const files: Value = [...reactors];
    const value: Value = origins === undefined ? files : (toValue({ sls: files, origins } as Plain) as Dict);
    const isAdded = await automation.reactor().add(event, value);
    return { status: isAdded, comment: isAdded ? 'Reactor added.' : 'Reactor already exists.' };
  },
});

/** `reactor.delete` */
export const deleteReactor = defineRunner({
  name: 'reactor.delete',
  summary: 'Takes a rule from the reactor; one of the configuration is there again after a restart.',
  args: z.object({ event: text().describe('The tag of the rule.') }),
  examples: ["reactor.delete 'deploy/*'"],
  async run({ event }, { automation }) {
    const isRemoved = await automation.reactor().remove(event);
    return { status: isRemoved, comment: isRemoved ? 'Reactor deleted.' : 'Reactor does not exists.' };
  },
});

/** `reactor.is_leader` */
export const isReactorLeader = defineRunner({
  name: 'reactor.is_leader',
  summary: 'Whether the reactor of this master responds to events.',
  args: z.object({}),
  examples: ['reactor.is_leader'],
  run: (_args, { automation }) => automation.reactor().isLeader(),
});

/** `reactor.set_leader` */
export const setReactorLeader = defineRunner({
  name: 'reactor.set_leader',
  summary: 'Makes the reactor of this master respond to events or not, until it restarts.',
  args: z.object({ value: withDefault(flag(), true).describe('Whether it responds.') }),
  examples: ['reactor.set_leader False'],
  run({ value }, { automation }) {
    automation.reactor().setLeader(value);
    return automation.reactor().isLeader();
  },
});
