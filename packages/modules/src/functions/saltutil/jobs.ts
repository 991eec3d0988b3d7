import { matchGlob, pythonStr, type Dict } from '@brine/common';
import { z } from 'zod';
import { integer, text } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';

const jid = text().describe('Id of the job.');

export const running = defineFunction({
  name: 'saltutil.running',
  summary: 'The jobs this minion is working on.',
  args: z.object({}),
  examples: ["'*' saltutil.running"],
  run: (_args, context) => listJobs(context),
});

export const isRunning = defineFunction({
  name: 'saltutil.is_running',
  summary: 'The jobs this minion is working on whose function matches a pattern.',
  args: z.object({ fun: text().describe('Pattern of the function.') }),
  examples: ["'*' saltutil.is_running state.highstate"],
  run: async ({ fun }, context) =>
    (await listJobs(context)).filter((job) => matchGlob(fun, pythonStr(job.get('fun') ?? ''))),
});

export const findJob = defineFunction({
  name: 'saltutil.find_job',
  summary: 'A job this minion is working on; an empty dictionary when it is not.',
  args: z.object({ jid }),
  examples: ["'*' saltutil.find_job 20240101000000000000"],
  run: async ({ jid: wanted }, context) =>
    (await listJobs(context)).find((job) => pythonStr(job.get('jid') ?? '') === wanted) ?? {},
});

export const signalJob = defineFunction({
  name: 'saltutil.signal_job',
  summary: 'Sends a signal to the processes of a job.',
  args: z.object({ jid, sig: integer().describe('Number of the signal.') }),
  examples: ["'*' saltutil.signal_job 20240101000000000000 15"],
  run: ({ jid: wanted, sig }, context) => signal(context, wanted, sig),
});

export const termJob = defineFunction({
  name: 'saltutil.term_job',
  summary: 'Asks a job to end.',
  args: z.object({ jid }),
  examples: ["'*' saltutil.term_job 20240101000000000000"],
  run: ({ jid: wanted }, context) => signal(context, wanted, 15),
});

export const killJob = defineFunction({
  name: 'saltutil.kill_job',
  summary: 'Ends a job at once.',
  args: z.object({ jid }),
  examples: ["'*' saltutil.kill_job 20240101000000000000"],
  run: ({ jid: wanted }, context) => signal(context, wanted, 9),
});

export const termAllJobs = allJobs('saltutil.term_all_jobs', 'Asks every job to end', 15);
export const killAllJobs = allJobs('saltutil.kill_all_jobs', 'Ends every job at once', 9);

function allJobs(name: string, does: string, sig: number) {
  return defineFunction({
    name,
    summary: `${does}, but the one that asks for it; answers what was done for each.`,
    args: z.object({}),
    examples: [`'*' ${name}`],
    async run(_args, context) {
      const ids = (await listJobs(context)).map((job) => pythonStr(job.get('jid') ?? ''));
      const others = ids.filter((id) => id !== context.jid);
      return Promise.all(others.map((id) => signal(context, id, sig)));
    },
  });
}

async function listJobs({ jobs }: FunctionContext): Promise<readonly Dict[]> {
  return jobs === undefined ? [] : jobs.running();
}

async function signal({ jobs }: FunctionContext, wanted: string, number: number): Promise<string> {
  const isSent = jobs !== undefined && (await jobs.signal(wanted, number));
  return isSent ? `Signal ${number} sent to job ${wanted}` : '';
}
