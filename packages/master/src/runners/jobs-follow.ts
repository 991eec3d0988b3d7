import { AppError, type Plain, type Value } from '@brine/common';
import { anyValue, flag, integer, optional, text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import { defineRunner } from './define-runner.ts';

/** Milliseconds that a minion with the job may be away. */
const patience = 60_000;

/** `jobs.follow`, for those who ask over HTTP; `salt-run` itself shows the job as it goes. */
export const followJob = defineRunner({
  name: 'jobs.follow',
  summary:
    'Waits until a job has ended on every minion and answers what each returned. `salt-run` shows it meanwhile, as `salt` does.',
  args: z.object({
    jid: text().describe('A job id.'),
    timeout: optional(integer()).describe('Seconds to wait at most; then what has come in is answered.'),
  }),
  examples: ['jobs.follow 20261121070000123456'],
  async run({ jid, timeout }, { dispatcher, clock, setRetcode }) {
    const limit = new AbortController();
    const timer = timeout === undefined ? undefined : clock.after(timeout * 1000, () => limit.abort());
    const answers = new Map<Value, Plain>();
    for await (const event of dispatcher.follow(jid, { patience, signal: limit.signal })) {
      if (event.kind !== 'return') continue;
      answers.set(event.minion, event.value);
      if (event.status !== 'ok') setRetcode(1);
    }
    timer?.cancel();
    return answers;
  },
});

/** `state.event`, so that it is described; `salt-run` itself shows the events. */
export const watchEvents = defineRunner({
  name: 'state.event',
  summary:
    'Shows events of the master as they happen, until it is interrupted. Over HTTP they are had at `/events` and `/v1/events`.',
  args: z.object({
    tagmatch: withDefault(text(), '*').describe('Only events whose tag matches this glob.'),
    count: withDefault(integer(), -1).describe('End after so many.'),
    quiet: withDefault(flag(), false).describe('Count them and show nothing.'),
    sock_dir: optional(anyValue()).describe('Accepted for Salt.'),
    pretty: withDefault(flag(), false).describe('Payloads over several lines.'),
    node: optional(anyValue()).describe('Accepted for Salt.'),
  }),
  examples: ['state.event pretty=True', "state.event 'salt/job/*' count=5"],
  run() {
    throw new AppError({
      code: 'runner-failed',
      message: 'state.event runs as a command alone; over HTTP, read /events or /v1/events',
    });
  },
});
