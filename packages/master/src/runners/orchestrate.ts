import { AppError, parseJid, pythonStr, type Dict, type Jid, type Plain, type Value } from '@brine/common';
import { anyValue, dict, flag, integer, optional, text, textList, withDefault } from '@brine/modules/kit';
import { z } from 'zod';
import type { OrchestrationRecord } from '../orchestration/orchestration-record.ts';
import { defineRunner, type RunnerContext, type RunnerDeclaration } from './define-runner.ts';

const pillar = { pillar: optional(dict()).describe('Pillar merged over that of the master.') };
const environment = {
  saltenv: withDefault(text(), 'base').describe('The environment of the files.'),
  test: optional(flag()).describe('Only foretell: nothing is changed, neither here nor on minions.'),
};
const jid = {
  orchestration_jid: optional(text()).describe('The job id to run under; one of its own unless given.'),
};

const files = z.object({
  mods: textList().describe('The files of the orchestration.'),
  ...environment,
  exclude: optional(anyValue()).describe('Files or ids to leave out.'),
  ...pillar,
  pillarenv: optional(text()).describe('The only pillar environment to use.'),
  pillar_enc: optional(text()).describe('The renderer that decrypts `pillar`: `gpg` or `nacl`.'),
  ...jid,
});

/** `state.orchestrate` */
export const orchestrate = defineRunner({
  name: 'state.orchestrate',
  summary: 'Runs an orchestration: state files on the master whose steps act on minions.',
  args: files,
  examples: ['state.orchestrate orch.deploy', 'state.orchestrate orch.deploy test=True pillar=\'{"version": 3}\''],
  outputter: 'highstate',
  run: async ({ mods, orchestration_jid: wanted, ...given }, context) =>
    runOrchestration(
      { runner: 'state.orchestrate', fun: 'state.sls', positional: [mods.join(',')], given, wanted },
      context,
    ),
});

/** `state.orch` */
export const orch: RunnerDeclaration<typeof files> = {
  ...orchestrate,
  name: 'state.orch',
  examples: ['state.orch orch.deploy'],
};

/** `state.sls` */
export const sls: RunnerDeclaration<typeof files> = {
  ...orchestrate,
  name: 'state.sls',
  examples: ['state.sls orch.deploy'],
};

/** `state.highstate` */
export const highstate = defineRunner({
  name: 'state.highstate',
  summary: "Applies what the top file gives the master's own id, on the master.",
  args: z.object({
    test: environment.test,
    saltenv: optional(text()).describe('The only environment to look at.'),
    exclude: files.shape.exclude,
    ...pillar,
    pillarenv: files.shape.pillarenv,
    ...jid,
  }),
  examples: ['state.highstate', 'state.highstate test=True'],
  outputter: 'highstate',
  run: async ({ orchestration_jid: wanted, ...given }, context) =>
    runOrchestration({ runner: 'state.highstate', fun: 'state.highstate', positional: [], given, wanted }, context),
});

const single = z.object({
  fun: text().describe('The state, e.g. `salt.wheel`.'),
  name: text().describe('The name that it gets.'),
  test: environment.test,
  queue: withDefault(flag(), false).describe('Taken, and without effect: orchestrations do not wait for each other.'),
  ...pillar,
  ...jid,
  arguments: anyValue().describe('Arguments of the state.'),
});

/** `state.orchestrate_single` */
export const orchestrateSingle = defineRunner({
  name: 'state.orchestrate_single',
  summary: 'Runs one state on the master.',
  args: single,
  keywords: 'arguments',
  examples: ['state.orchestrate_single fun=salt.wheel name=key.list_all'],
  outputter: 'highstate',
  run: async ({ fun, name, queue: _queue, arguments: more, orchestration_jid: wanted, ...rest }, context) => {
    const given = {
      ...rest,
      ...Object.fromEntries([...(more as Dict)].map(([key, value]) => [pythonStr(key), value])),
    };
    const plan = { runner: 'state.orchestrate_single', fun: 'state.single', positional: [fun, name], given, wanted };
    return runOrchestration(plan, context);
  },
});

/** `state.orchestrate_high` */
export const orchestrateHigh = defineRunner({
  name: 'state.orchestrate_high',
  summary: 'Runs an orchestration given as high data.',
  args: z.object({
    data: dict().describe('Id → state → arguments.'),
    test: environment.test,
    queue: single.shape.queue,
    ...pillar,
    ...jid,
  }),
  examples: ['state.orchestrate_high \'{"ping": {"salt.function": [{"name": "test.ping"}, {"tgt": "*"}]}}\''],
  outputter: 'highstate',
  run: async ({ data, queue: _queue, orchestration_jid: wanted, ...given }, context) => {
    const plan = { runner: 'state.orchestrate_high', fun: 'state.high', positional: [data], given, wanted };
    return runOrchestration(plan, context);
  },
});

const shown = z.object({
  mods: files.shape.mods,
  ...environment,
  queue: single.shape.queue,
  ...pillar,
  pillarenv: files.shape.pillarenv,
  pillar_enc: files.shape.pillar_enc,
});

/** `state.orchestrate_show_sls` */
export const showSls = defineRunner({
  name: 'state.orchestrate_show_sls',
  summary: 'The high data of the files of an orchestration.',
  args: shown,
  examples: ['state.orchestrate_show_sls orch.deploy'],
  run: async ({ mods, queue: _queue, ...given }, context) =>
    show({ runner: 'state.orchestrate_show_sls', fun: 'state.show_sls', positional: [mods.join(',')], given }, context),
});

/** `state.orch_show_sls` */
export const orchShowSls: RunnerDeclaration<typeof shown> = {
  ...showSls,
  name: 'state.orch_show_sls',
  examples: ['state.orch_show_sls orch.deploy'],
};

/** `state.show_low_sls` */
export const showLowSls = defineRunner({
  ...showSls,
  name: 'state.show_low_sls',
  summary: 'The steps of an orchestration as they are compiled, in their order.',
  examples: ['state.show_low_sls orch.deploy'],
  run: async ({ mods, queue: _queue, ...given }, context) =>
    show({ runner: 'state.show_low_sls', fun: 'state.show_low_sls', positional: [mods.join(',')], given }, context),
});

interface Plan {
  readonly runner: string;
  readonly fun: string;
  readonly positional: readonly Value[];
  readonly given: { readonly [key: string]: Value | undefined };
  readonly wanted?: string | undefined;
}

/** Runs an orchestration to its end. */
export async function runOrchestration(plan: Plan, context: RunnerContext): Promise<Plain> {
  const { value, retcode } = await context.orchestrator().run(toRecord(plan, context));
  context.setRetcode(retcode);
  return value;
}

async function show(plan: Plan, context: RunnerContext): Promise<Plain> {
  const { value, retcode } = await context.orchestrator().show(toRecord(plan, context));
  context.setRetcode(retcode);
  return value;
}

function toRecord({ runner, fun, positional, given, wanted }: Plan, context: RunnerContext): OrchestrationRecord {
  const keyword: Dict = new Map();
  for (const [key, value] of Object.entries(given)) if (value !== undefined) keyword.set(key, value);
  // Orchestrations wait for each other as little as the jobs of a master do.
  keyword.set('concurrent', true);
  return {
    ...{ runner, fun, positional, keyword },
    jid: wanted === undefined ? context.jid : requireJid(wanted),
    user: context.caller.user,
    startedAt: context.clock.now(),
  };
}

function requireJid(wanted: string): Jid {
  const read = parseJid(wanted);
  if (read !== undefined) return read;
  throw new AppError({ code: 'runner-arguments', message: `'${wanted}' is not a job id: it has twenty digits` });
}

const steered = z.object({
  jid: text().describe('The job id of the orchestration.'),
  state_id: optional(text()).describe('The id of the step; the next one unless given.'),
});

/** `state.pause` */
export const pause = defineRunner({
  name: 'state.pause',
  summary: 'Holds an orchestration before a step, over restarts of the master too.',
  args: steered.extend({ duration: optional(integer()).describe('Seconds; until it is resumed unless given.') }),
  examples: ['state.pause 20261121070000123456', 'state.pause 20261121070000123456 deploy duration=600'],
  async run({ jid: wanted, state_id: id, duration }, context) {
    const mark: Dict = new Map(duration === undefined ? [] : [['duration', duration]]);
    await context.orchestrator().setMarks(wanted, (marks) => marks.set(id ?? '__all__', mark));
    return null;
  },
});

/** `state.set_pause` */
export const setPause = { ...pause, name: 'state.set_pause', examples: ['state.set_pause 20261121070000123456'] };

/** `state.resume` */
export const resume = defineRunner({
  name: 'state.resume',
  summary: 'Lets a held orchestration go on.',
  args: steered,
  examples: ['state.resume 20261121070000123456'],
  async run({ jid: wanted, state_id: id }, context) {
    await context.orchestrator().setMarks(wanted, (marks) => {
      if (id === undefined) marks.clear();
      else marks.delete(id);
      return marks;
    });
    return null;
  },
});

/** `state.rm_pause` */
export const removePause = { ...resume, name: 'state.rm_pause', examples: ['state.rm_pause 20261121070000123456'] };

/** `state.soft_kill` */
export const softKill = defineRunner({
  name: 'state.soft_kill',
  summary: 'Ends an orchestration before a step; what runs comes to its end.',
  args: steered,
  examples: ['state.soft_kill 20261121070000123456'],
  async run({ jid: wanted, state_id: id }, context) {
    await context.orchestrator().setMarks(wanted, (marks) => marks.set(id ?? '__all__', new Map([['kill', true]])));
    return null;
  },
});

/** `state.abort` */
export const abort = defineRunner({
  name: 'state.abort',
  summary: 'Ends an orchestration now; jobs on minions that its steps wait for are cancelled.',
  args: z.object({ jid: steered.shape.jid }),
  examples: ['state.abort 20261121070000123456'],
  run: async ({ jid: wanted }, context) => context.orchestrator().abort(wanted),
});

/** `state.orchestrations` */
export const orchestrations = defineRunner({
  name: 'state.orchestrations',
  summary: 'The orchestrations that are under way: which step each is at, and whether it is held.',
  args: z.object({}),
  examples: ['state.orchestrations'],
  run: (_args, context) =>
    new Map<Value, Plain>(
      context
        .orchestrator()
        .standings()
        .map(({ record, progress, marks }) => [
          record.jid,
          {
            function: record.runner,
            arguments: [...record.positional],
            user: record.user,
            started: new Date(record.startedAt).toISOString(),
            step: progress?.current ?? null,
            done: progress?.done ?? 0,
            total: progress?.total ?? 0,
            failed: progress?.failed ?? 0,
            marks,
          },
        ]),
    ),
});
