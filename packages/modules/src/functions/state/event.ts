import { compileGlob, compilePythonRegex, dumpJson, isAppError, type Plain } from '@brine/common';
import { z } from 'zod';
import { flag, integer, oneOf, optional, text, withDefault } from '../../kit/arguments.ts';
import type { BusEvent } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { failure } from '../failure.ts';

export const event = defineFunction({
  name: 'state.event',
  summary:
    'Prints the events of the minion on this machine, or of its master, as they happen: the tag and what it says.',
  args: z.object({
    tagmatch: withDefault(text(), '*').describe('Glob or regular expression of tags.'),
    count: withDefault(integer(), -1).describe('Number of events to wait for; -1 for no end.'),
    quiet: withDefault(flag(), false).describe('Print nothing, only wait.'),
    sock_dir: optional(text()).describe('The folder with the socket of the daemon, when it is not the configured one.'),
    pretty: withDefault(flag(), false).describe('Print indented JSON with sorted keys instead of one line.'),
    node: withDefault(oneOf('minion', 'master'), 'minion').describe(
      'Whose events: `minion`, or `master` on its own machine.',
    ),
  }),
  examples: ["'*' state.event pretty=True", "'*' state.event 'salt/job/*' count=1 node=master"],
  async run({ tagmatch, count, quiet, sock_dir: folder, pretty, node }, { events }): Promise<Plain> {
    if (events === undefined) throw failure('state.event cannot be called from here.');
    if (count === 0) return null;
    const isWanted = tagMatcher(tagmatch);
    let left = count;
    for await (const seen of events.watch(node, folder)) {
      if (!isWanted(seen.tag)) continue;
      if (!quiet) await events.print(lineOf(seen, pretty));
      left -= 1;
      if (left === 0) return null;
    }
    return null;
  },
});

function lineOf({ tag, data }: BusEvent, isPretty: boolean): string {
  return `${tag}\t${isPretty ? dumpJson(data, { indent: 4, sortKeys: true }) : dumpJson(data)}\n`;
}

/** As Salt's: the text itself, a glob, or a regular expression for the whole tag. */
function tagMatcher(expression: string): (tag: string) => boolean {
  const isGlob = compileGlob(expression);
  const regex = wholeRegex(expression);
  return (tag) => tag === expression || isGlob(tag) || (regex?.test(tag) ?? false);
}

function wholeRegex(expression: string): RegExp | undefined {
  try {
    return compilePythonRegex(`\\A(?:${expression})\\Z`);
  } catch (error) {
    if (isAppError(error, 'regex-invalid')) return undefined;
    throw error;
  }
}
