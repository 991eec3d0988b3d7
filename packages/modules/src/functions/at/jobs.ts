import type { Plain } from '@brine/common';
import { z } from 'zod';
import { integer, lineText, optional, text, textList } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { readJobs, type AtJob } from '../../providers/at/jobs.ts';
import { failure } from '../failure.ts';
import { runAndTell } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

const environment = { LC_ALL: 'C' };

export const atq = defineFunction({
  name: 'at.atq',
  summary: 'The jobs that wait: all, those with a tag, or one by its number.',
  args: z.object({ tag: optional(lineText()).describe('A tag, or the number of a job.') }),
  examples: ["'*' at.atq", "'*' at.atq nightly", "'*' at.atq 7"],
  run: async ({ tag }, { host }) => ({ jobs: describe(chosen(await readJobs(host), tag)) }),
});

export const atrm = defineFunction({
  name: 'at.atrm',
  summary: 'Takes jobs away by their numbers, or all, or all with a tag; answers which were there.',
  args: z.object({ args: textList().describe('Numbers of jobs, or `all` and perhaps a tag.') }),
  variadic: 'args',
  examples: ["'*' at.atrm 7 8", "'*' at.atrm all", "'*' at.atrm all nightly"],
  async run({ args }, context) {
    const [first, tag] = args;
    if (first === undefined) return { jobs: { removed: [], tag: null } };
    const jobs = await readJobs(context.host);
    const doomed = first === 'all' ? chosen(jobs, tag) : jobs.filter(({ job }) => args.includes(String(job)));
    const removed = doomed.map(({ job }) => String(job));
    if (removed.length > 0) await runAndTell(context, ['at', '-d', ...removed], { environment });
    else context.setRetcode(1);
    return { jobs: { removed, tag: first === 'all' ? (tag ?? null) : null } };
  },
});

export const at = defineFunction({
  name: 'at.at',
  summary: 'Has a command run at a time, and answers the job.',
  args: z.object({
    args: textList().describe('When, as at takes it (`12:05am`, `now + 5 minutes`), and the words of the command.'),
    tag: optional(safeName('a tag').refine((tag) => /^\w+$/.test(tag), 'must be a word')).describe(
      'A mark to find the job by.',
    ),
    runas: optional(safeName('the name of an account')).describe('Account it runs as.'),
  }),
  variadic: 'args',
  examples: ["'*' at.at 12:05am '/sbin/reboot' tag=reboot", "'*' at.at '3:05am +3 days' 'bin/myscript' runas=jim"],
  async run({ args, tag, runas }, context) {
    const [when = '', ...words] = args;
    if (words.length === 0) return { jobs: [] };
    if (when.startsWith('-')) return { jobs: [], error: 'invalid timespec' };
    const mark = tag === undefined ? '' : `### SALT: ${tag}\n`;
    const said = await runAndTell(context, ['at', ...when.split(/\s+/)], {
      input: `${mark}${words.join(' ')}`,
      environment,
      ...(runas === undefined ? {} : { user: runas }),
    });
    if (said.endsWith('Garbled time')) return { jobs: [], error: 'invalid timespec' };
    const id = /^job (\d+) at /m.exec(said)?.[1];
    if (id === undefined) throw failure(`at refused: ${said}`);
    return { jobs: describe(chosen(await readJobs(context.host), id)) };
  },
});

export const atc = defineFunction({
  name: 'at.atc',
  summary: 'The script a job will run.',
  args: z.object({ jobid: text().describe('Number of the job.') }),
  examples: ["'*' at.atc 7"],
  async run({ jobid }, { host, signal }) {
    const unknown = { error: `invalid job id '${jobid}'` };
    if (!/^\d+$/.test(jobid)) return unknown;
    const { stdout } = await host.inspect({ command: ['at', '-c', jobid], environment, signal, timeout: 60_000 });
    return stdout.trim() === '' ? unknown : stdout.trimEnd();
  },
});

export const jobcheck = defineFunction({
  name: 'at.jobcheck',
  summary: 'The jobs that wait for a time, with a tag or for an account.',
  args: z.object({
    runas: optional(lineText()).describe('Account it runs as.'),
    tag: optional(lineText()).describe('Its tag.'),
    hour: optional(integer()).describe('The hour it runs in.'),
    minute: optional(integer()).describe('The minute it runs in.'),
    day: optional(integer()).describe('The day of the month.'),
    month: optional(integer()).describe('The month.'),
    year: optional(integer()).describe('The year, also without its century.'),
  }),
  examples: ["'*' at.jobcheck runas=jam day=13", "'*' at.jobcheck day=13 month=12 year=13 tag=rose"],
  async run({ runas, tag, hour, minute, day, month, year }, { host }) {
    if ([runas, tag, hour, minute, day, month, year].every((each) => each === undefined))
      return { error: 'You have given a condition' };
    const jobs = await readJobs(host);
    if (jobs.length === 0) return { jobs: [] };
    const wanted: readonly (readonly [number | undefined, (job: AtJob) => string | undefined])[] = [
      [hour, ({ time }) => time.split(':')[0]],
      [minute, ({ time }) => time.split(':')[1]],
      [day, ({ date }) => date.split('-')[2]],
      [month, ({ date }) => date.split('-')[1]],
      [year === undefined || year > 99 ? year : 2000 + year, ({ date }) => date.split('-')[0]],
    ];
    const found = jobs.filter(
      (job) =>
        (runas === undefined || job.user === runas) &&
        (tag === undefined || job.tag === tag) &&
        wanted.every(([number, read]) => number === undefined || Number(read(job)) === number),
    );
    return found.length === 0 ? { jobs: [], note: 'No match jobs or time format error' } : { jobs: describe(found) };
  },
});

function chosen(jobs: readonly AtJob[], tag: string | undefined): readonly AtJob[] {
  return tag === undefined ? jobs : jobs.filter((job) => job.tag === tag || String(job.job) === tag);
}

function describe(jobs: readonly AtJob[]): Plain[] {
  return jobs.map((job) => ({ ...job }));
}
