import {
  AppError,
  compileGlob,
  decodeValue,
  isDict,
  parseJid,
  pythonStr,
  type JobStatus,
  type Plain,
  type Value,
} from '@brine/common';
import { optional, text } from '@brine/modules/kit';
import { z } from 'zod';
import type { Delivery, JobRecord } from '../store/store.ts';
import { defineRunner, type RunnerContext } from './define-runner.ts';

/** `jobs.why` */
export const why = defineRunner({
  name: 'jobs.why',
  summary: 'Why a job stands where it does on each minion: what it waits for, or why it did not end well.',
  args: z.object({
    jid: text().describe('A job id.'),
    minion: optional(text()).describe('Only minions of this glob.'),
  }),
  examples: ['jobs.why 20261121070000123456', "jobs.why 20261121070000123456 'web*'"],
  async run({ jid, minion: glob }, context) {
    const { store } = context;
    const id = parseJid(jid);
    const job = id === undefined ? undefined : await store.findJob(id);
    if (job === undefined) {
      throw new AppError({ code: 'job-unknown', message: `there is no job ${jid}; see 'salt-run jobs.list_jobs'` });
    }
    const matches = compileGlob(glob ?? '*');
    const deliveries = (await store.deliveries(job.jid)).filter(({ minion }) => matches(minion));
    return new Map<Value, Plain>(deliveries.map((delivery) => [delivery.minion, explain(delivery, job, context)]));
  },
});

interface Standing {
  readonly delivery: Delivery;
  readonly job: JobRecord;
  readonly isConnected: boolean;
}

function explain(delivery: Delivery, job: JobRecord, { directory }: RunnerContext): string {
  return explanations[delivery.status]({ delivery, job, isConnected: directory.connected.has(delivery.minion) });
}

const explanations: Readonly<Record<JobStatus, (standing: Standing) => string>> = {
  queued: explainWaiting,
  delivered: ({ delivery, isConnected }) =>
    `The minion has the job since ${timeOf(delivery.updatedAt)} and has not begun it: it is busy with others${isConnected ? '' : ', and its connection is lost'}.`,
  running: ({ delivery, job, isConnected }) =>
    `Runs since ${timeOf(delivery.startedAt ?? delivery.updatedAt)}${isConnected ? '' : '; the connection is lost, the minion reports when it is back'}. Watch it: salt-run jobs.follow ${job.jid}`,
  ok: ({ delivery }) => `Ended well at ${timeOf(delivery.updatedAt)}.`,
  failed: ({ delivery }) =>
    `Failed at ${timeOf(delivery.updatedAt)} with retcode ${delivery.retcode ?? 1}${failuresOf(delivery)}`,
  refused: ({ delivery }) => `The minion refused it: ${shownValue(delivery)}`,
  'timed-out': () => 'It took longer than it may and was ended on the minion.',
  expired: ({ delivery, job }) =>
    `The minion was not connected until ${timeOf(delivery.notAfter ?? job.notAfter)}, when the time to take the job was over; --durable keeps a job for minions that are away.`,
  interrupted: ({ delivery }) =>
    `The daemon of the minion ended while the job ran${delivery.value === undefined ? '.' : `: ${shownValue(delivery)}`}`,
  cancelled: ({ delivery }) =>
    `Cancelled at ${timeOf(delivery.updatedAt)}, by jobs.cancel, by a batch that ended at a failure, or with the key of the minion.`,
};

function explainWaiting({ delivery: { notAfter }, isConnected }: Standing): string {
  if (notAfter === undefined) return 'Waits for its turn in the batch.';
  const until = `it may be taken until ${timeOf(notAfter)}`;
  return isConnected ? `On its way; ${until}.` : `The minion is not connected; ${until}.`;
}

/** The steps that failed, as far as the answer is one of a state run. */
function failuresOf(delivery: Delivery): string {
  const value = valueOf(delivery);
  if (!isDict(value)) return `: ${shownValue(delivery)}`;
  const failed = [...value.values()].filter((step) => isDict(step) && step.get('result') === false);
  const told = failed.map((step) => (isDict(step) ? describeStep(step) : ''));
  return told.length === 0 ? '.' : `:\n${told.map((line) => `  ${line}`).join('\n')}`;
}

function describeStep(step: ReadonlyMap<Value, Value>): string {
  const [file, line] = [step.get('__sls_file__'), step.get('__sls_line__')];
  const place = typeof file === 'string' ? `${file}:${pythonStr(line ?? '')} ` : '';
  return `${place}${pythonStr(step.get('__id__') ?? '')}: ${firstLine(step.get('comment') ?? '')}`;
}

function shownValue(delivery: Delivery): string {
  return firstLine(valueOf(delivery));
}

function firstLine(value: Value): string {
  return (pythonStr(value).split('\n', 1)[0] ?? '').slice(0, 300);
}

function valueOf({ value }: Delivery): Value {
  return value === undefined ? null : decodeValue(value);
}

function timeOf(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
