import { AppError, decodeValue, isDict, pythonStr, type Dict, type Plain, type Value } from '@brine/common';
import { anyValue, flag, integer, optional, text, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import type { OrchestrationStanding } from '../orchestration/orchestrator.ts';
import { defineRunner, type RunnerContext } from './define-runner.ts';
import { runOrchestration } from './orchestrate.ts';

/** `rollout.start` */
export const startRollout = defineRunner({
  name: 'rollout.start',
  summary: 'Takes minions through states or a function wave by wave: the state `salt.rollout`, with its arguments.',
  args: z.object({
    tgt: anyValue().describe('Which minions.'),
    name: withDefault(text(), 'rollout').describe('What it is called.'),
    test: optional(flag()).describe('Only foretell.'),
    orchestration_jid: optional(text()).describe('The job id to run under; one of its own unless given.'),
    arguments: anyValue().describe('The other arguments of `salt.rollout`.'),
  }),
  keywords: 'arguments',
  examples: [
    "rollout.start 'web*' sls=release canary=1 waves='[10%, 30%]' max_failures=2",
    "rollout.start 'web*' highstate=True check='{function: service.status, arg: [nginx]}'",
  ],
  outputter: 'highstate',
  run: async ({ tgt, name, test, orchestration_jid: wanted, arguments: more }, context) => {
    const members = [['tgt', tgt] as const, ...(more as Dict)].map(([key, value]) => new Map([[key, value]]));
    const high: Dict = new Map([[name, new Map<Value, Value>([['salt.rollout', members]])]]);
    const given = test === undefined ? {} : { test };
    const plan = { runner: 'rollout.start', fun: 'state.high', positional: [high], given, wanted };
    return runOrchestration(plan, context);
  },
});

const jid = { jid: text().describe('The job id of the rollout.') };

/** `rollout.status` */
export const rolloutStatus = defineRunner({
  name: 'rollout.status',
  summary: 'How far a rollout is: its waves, which minions are done, which failed and why.',
  args: z.object(jid),
  examples: ['rollout.status 20261121070000123456'],
  async run({ jid: wanted }, context) {
    const standing = context
      .orchestrator()
      .standings()
      .find(({ record }) => record.jid === wanted);
    return standing === undefined ? endedRollout(wanted, context) : runningRollout(standing);
  },
});

function runningRollout({ record, marks, rollouts }: OrchestrationStanding): Plain {
  const isHeld = marks.size > 0;
  return {
    jid: record.jid,
    status: isHeld ? 'paused' : 'running',
    user: record.user,
    started: new Date(record.startedAt).toISOString(),
    ...(rollouts[0] === undefined ? {} : toObject(rollouts[0])),
  };
}

async function endedRollout(wanted: string, { dispatcher }: RunnerContext): Promise<Plain> {
  const job = await dispatcher.find(wanted);
  if (job.get('Function') !== 'runner.rollout.start') {
    throw new AppError({ code: 'job-unknown', message: `job ${wanted} is no rollout; see 'salt-run rollout.list'` });
  }
  const statuses = job.get('Status');
  const result = job.get('Result');
  const [status = null] = isDict(statuses ?? null) ? [...(statuses as Dict).values()] : [];
  const [returned = null] = isDict(result ?? null) ? [...(result as Dict).values()] : [];
  return { jid: wanted, status, result: isDict(returned) ? (returned.get('return') ?? null) : returned };
}

/** `rollout.list` */
export const listRollouts = defineRunner({
  name: 'rollout.list',
  summary: 'The rollouts that are under way, and the newest that ended.',
  args: z.object({ limit: withDefault(integer(), 20).describe('How many at most.') }),
  examples: ['rollout.list', 'rollout.list limit=100'],
  async run({ limit }, { store, orchestrator }) {
    const running = new Map(
      orchestrator()
        .standings()
        .map((standing) => [standing.record.jid as string, standing]),
    );
    const listed = new Map<Value, Plain>();
    for (const { jid: id, positional, user, createdAt } of await store.listJobs({
      limit,
      fun: 'runner.rollout.start',
    })) {
      const [delivery] = await store.deliveries(id);
      const standing = running.get(id);
      const isHeld = standing !== undefined && standing.marks.size > 0;
      const given = decodeValue(positional);
      listed.set(id, {
        status: isHeld ? 'paused' : (delivery?.status ?? null),
        target: targetIn(given),
        user,
        started: new Date(createdAt).toISOString(),
      });
    }
    return listed;
  },
});

/** `rollout.pause` */
export const pauseRollout = defineRunner({
  name: 'rollout.pause',
  summary:
    'Holds a rollout before its next wave, over restarts of the master too; the wave under way comes to its end.',
  args: z.object({ ...jid, wave: optional(integer()).describe('Before this wave in the place of the next.') }),
  examples: ['rollout.pause 20261121070000123456', 'rollout.pause 20261121070000123456 wave=3'],
  async run({ jid: wanted, wave }, context) {
    await context.orchestrator().setMarks(wanted, (marks) => marks.set(markOf(wave), new Map()));
    return true;
  },
});

/** `rollout.resume` */
export const resumeRollout = defineRunner({
  name: 'rollout.resume',
  summary: 'Lets a held rollout go on.',
  args: z.object(jid),
  examples: ['rollout.resume 20261121070000123456'],
  async run({ jid: wanted }, context) {
    await context.orchestrator().setMarks(wanted, () => new Map());
    return true;
  },
});

/** `rollout.stop` */
export const stopRollout = defineRunner({
  name: 'rollout.stop',
  summary: 'Ends a rollout before its next wave; the wave under way comes to its end.',
  args: z.object(jid),
  examples: ['rollout.stop 20261121070000123456'],
  async run({ jid: wanted }, context) {
    await context.orchestrator().setMarks(wanted, (marks) => marks.set(markOf(undefined), new Map([['kill', true]])));
    return true;
  },
});

/** `rollout.abort` */
export const abortRollout = defineRunner({
  name: 'rollout.abort',
  summary: 'Ends a rollout now; jobs of the wave under way are cancelled.',
  args: z.object(jid),
  examples: ['rollout.abort 20261121070000123456'],
  run: async ({ jid: wanted }, context) => context.orchestrator().abort(wanted),
});

/** The target in the high data of a rollout. */
function targetIn(positional: Value): Value {
  const [high = null] = Array.isArray(positional) ? positional : [];
  const [declared = null] = isDict(high) ? [...high.values()] : [];
  const members = isDict(declared) ? declared.get('salt.rollout') : undefined;
  const found = (Array.isArray(members) ? members : []).find((member) => isDict(member) && member.has('tgt'));
  return found !== undefined && isDict(found) ? (found.get('tgt') ?? null) : null;
}

function markOf(wave: number | undefined): string {
  return wave === undefined ? '__all__' : `wave-${wave}`;
}

function toObject(value: Value): { readonly [key: string]: Value } {
  return isDict(value) ? Object.fromEntries([...value].map(([key, item]) => [pythonStr(key), item])) : {};
}
