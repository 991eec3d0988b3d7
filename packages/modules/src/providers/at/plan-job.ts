import type { CheckOutcome } from '@brine/common';
import {
  fails,
  flag,
  isOk,
  lineText,
  optional,
  text,
  willChange,
  withDefault,
  type Host,
  type StateContext,
} from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { orFailure } from '../or-failure.ts';
import { readJobs } from './jobs.ts';

/** The arguments of `at.present` and `at.watch`. */
export const jobArguments = {
  name: text().describe('The command, unless job is given.'),
  timespec: lineText().describe('When it runs, as at takes it: 9:09 11/04/26, now + 5 minutes.'),
  tag: optional(lineText()).describe('A mark by which the job is found.'),
  user: optional(lineText()).describe('Account it runs as.'),
  job: optional(text()).describe('The command.'),
  unique_tag: withDefault(flag(), false).describe('Whether nothing is done when a job with the tag waits.'),
};

interface JobWish {
  readonly name: string;
  readonly timespec: string;
  readonly tag: string | undefined;
  readonly user: string | undefined;
  readonly job: string | undefined;
  readonly unique_tag: boolean;
}

/** Plans a job of `at`. */
export function planJob(wish: JobWish, { host }: StateContext): Promise<CheckOutcome<Host>> {
  const { timespec, tag, user } = wish;
  const job = wish.job ?? wish.name;
  return orFailure(async () => {
    if (tag !== undefined && !/^\w+$/.test(tag)) return fails(`The tag ${tag} has to be a word`);
    if (timespec.startsWith('-')) return fails('invalid timespec');
    if (wish.unique_tag && tag === undefined) return fails('no tag provided and unique_tag is set to True');
    if (user !== undefined && (await host.account(user)) === undefined) return fails(`user ${user} does not exists`);
    const before = await readJobs(host);
    if (wish.unique_tag && before.some((each) => each.tag === tag))
      return isOk(`atleast one job with tag ${tag ?? ''} exists.`);
    const who = user === undefined ? '' : `as ${user} `;
    const comment = `job ${job} added and will run ${who}on ${timespec}`;
    return willChange({ comment, changes: {} }, (machine) =>
      attempt('', async () => {
        const input = `${tag === undefined ? '' : `### SALT: ${tag}\n`}${job}\n`;
        const account = user === undefined ? {} : { user };
        const command = ['at', ...timespec.split(/\s+/)];
        const result = await machine.run({ command, input, environment: { LC_ALL: 'C' }, timeout: 60_000, ...account });
        const id = Number(/^job (\d+) at /m.exec(`${result.stderr}\n${result.stdout}`)?.[1] ?? Number.NaN);
        if (Number.isNaN(id)) {
          const said = result.stderr.trim();
          const isGarbled = said.endsWith('Garbled time');
          return { comment: isGarbled ? 'invalid timespec' : said, changes: {}, failed: true };
        }
        const added = (await readJobs(machine)).find((each) => each.job === id);
        return { comment, changes: added === undefined ? {} : { ...added } };
      }),
    );
  });
}
