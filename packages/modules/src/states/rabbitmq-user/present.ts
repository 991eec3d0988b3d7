import { isDict, pythonStr, type Changes, type CheckOutcome, type Plain, type Value } from '@brine/common';
import { z } from 'zod';
import {
  defineState,
  fails,
  flag,
  isOk,
  lineText,
  operand,
  optional,
  textList,
  valueList,
  willChange,
  withDefault,
  type Host,
  type ReadHost,
  secret,
} from '../../kit/index.ts';
import { attempt } from '../../providers/commands/attempt.ts';
import {
  askRabbitmq,
  fitsPassword,
  rabbitmqArguments,
  runRabbitmq,
  type RabbitmqRunner,
} from '../../providers/rabbitmq/rabbitmq.ts';

/** `rabbitmq_user.present` */
export const present = defineState({
  name: 'rabbitmq_user.present',
  summary: 'Keeps an account of a RabbitMQ broker.',
  args: z.object({
    name: operand().describe('Name of the account.'),
    password: secret(optional(lineText())).describe('Its password.'),
    force: withDefault(flag(), false).describe('Whether the password is set even when it fits; without one: removed.'),
    tags: optional(textList()).describe('Its tags, as a list or as words.'),
    perms: withDefault(valueList(), []).describe(
      'Its rights: dicts of a virtual host with the patterns of what it may configure, write and read.',
    ),
    ...rabbitmqArguments,
  }),
  examples: [
    `shop:
  rabbitmq_user.present:
    - password: secret
    - tags: [monitoring]
    - perms:
      - '/':
        - '.*'
        - '.*'
        - '.*'`,
  ],
  async check(args, { host }) {
    const { name, runas } = args;
    const wish = { ...args, perms: readPermissions(args.perms), tags: splitTags(args.tags) };
    if (typeof wish.perms === 'string') return fails(wish.perms);
    const account = (await askRabbitmq(host, { runas }, ['list_users'])).find((row) => row['user'] === name);
    return compare({ ...wish, perms: wish.perms }, account, host);
  },
});

interface Permission {
  readonly vhost: string;
  readonly rights: { readonly configure: string; readonly write: string; readonly read: string };
}

interface Wish extends RabbitmqRunner {
  readonly name: string;
  readonly password: string | undefined;
  readonly force: boolean;
  readonly tags: readonly string[] | undefined;
  readonly perms: readonly Permission[];
}

function splitTags(tags: readonly string[] | undefined): readonly string[] | undefined {
  return tags?.length === 1 ? tags[0]?.split(/\s+/).filter((tag) => tag !== '') : tags;
}

function readPermissions(rows: readonly Value[]): readonly Permission[] | string {
  const found: Permission[] = [];
  for (const row of rows) {
    if (!isDict(row)) return 'perms has to be a list of dicts: a virtual host with three patterns';
    for (const [vhost, patterns] of row) {
      const [configure, write, read, ...more] = Array.isArray(patterns) ? patterns.map((each) => pythonStr(each)) : [];
      if (configure === undefined || write === undefined || read === undefined || more.length > 0)
        return `perms of ${pythonStr(vhost)} has to have three patterns: configure, write, read`;
      found.push({ vhost: pythonStr(vhost), rights: { configure, write, read } });
    }
  }
  return found;
}

/** One thing to do, and how it shows in the changes. */
interface Task {
  readonly key: string;
  readonly change: Plain;
  readonly words: readonly string[];
  readonly input?: string;
}

async function compare(
  wish: Wish,
  account: Readonly<Record<string, unknown>> | undefined,
  host: ReadHost,
): Promise<CheckOutcome<Host>> {
  const { name } = wish;
  if (account === undefined && wish.password === undefined) return fails(`Error: a new user needs a password: ${name}`);
  const tasks = [
    ...(account === undefined ? createTasks(wish) : await passwordTasks(wish, host)),
    ...tagTasks(wish, Array.isArray(account?.['tags']) ? account['tags'].map(String) : []),
    ...(await permissionTasks(wish, account !== undefined, host)),
  ];
  const isPlain = !wish.force && wish.perms.length === 0 && (wish.tags ?? []).length === 0;
  if (tasks.length === 0)
    return isOk(isPlain ? `User '${name}' is already present.` : `'${name}' is already in the desired state.`);
  const changes = toChanges(tasks);
  const pending =
    account === undefined ? `User '${name}' is set to be created.` : `Configuration for '${name}' will change.`;
  return willChange({ comment: pending, changes }, (machine) =>
    attempt('Error', async () => {
      for (const { words, input } of tasks) await runRabbitmq(machine, wish, ['rabbitmqctl', ...words], input);
      return { comment: `'${name}' was configured.`, changes };
    }),
  );
}

function toChanges(tasks: readonly Task[]): Changes {
  const perms = tasks.filter(({ key }) => key === 'perms').map(({ change }) => change as { old?: object; new: object });
  const old: object = Object.assign({}, ...perms.map((each) => each.old ?? {})) as object;
  const now: object = Object.assign({}, ...perms.map((each) => each.new)) as object;
  const joined = { ...(Object.keys(old).length === 0 ? {} : { old }), new: now };
  const others = tasks.filter(({ key }) => key !== 'perms').map(({ key, change }) => [key, change] as const);
  return { ...Object.fromEntries(others), ...(perms.length === 0 ? {} : { perms: joined as Plain }) };
}

function createTasks({ name, password = '' }: Wish): readonly Task[] {
  return [{ key: 'user', change: { old: '', new: name }, words: ['add_user', name], input: password }];
}

async function passwordTasks(wish: Wish, host: ReadHost): Promise<readonly Task[]> {
  const { name, password, force } = wish;
  const clears: Task = {
    key: 'password',
    change: { old: 'Removed password.', new: '' },
    words: ['clear_password', name],
  };
  if (password === undefined) return force ? [clears] : [];
  if (!force && (await fitsPassword(host, wish, { name, password }))) return [];
  const change = { old: '', new: 'Set password.' };
  return [{ key: 'password', change, words: ['change_password', name], input: password }];
}

function tagTasks({ name, tags }: Wish, current: readonly string[]): readonly Task[] {
  if (tags === undefined) return [];
  const isSame = tags.every((tag) => current.includes(tag)) && current.every((tag) => tags.includes(tag));
  return isSame ? [] : [{ key: 'tags', change: { old: current, new: tags }, words: ['set_user_tags', name, ...tags] }];
}

async function permissionTasks(
  { name, perms, runas }: Wish,
  isThere: boolean,
  host: ReadHost,
): Promise<readonly Task[]> {
  if (perms.length === 0) return [];
  const rows = isThere ? await askRabbitmq(host, { runas }, ['list_user_permissions', name]) : [];
  return perms.flatMap(({ vhost, rights }) => {
    const row = rows.find((each) => each['vhost'] === vhost);
    const had = row && {
      configure: String(row['configure']),
      write: String(row['write']),
      read: String(row['read']),
    };
    if (had?.configure === rights.configure && had.write === rights.write && had.read === rights.read) return [];
    const change = { ...(had === undefined ? {} : { old: had }), new: { [vhost]: rights } };
    const words = ['set_permissions', '-p', vhost, name, rights.configure, rights.write, rights.read];
    return [{ key: 'perms', change, words }];
  });
}
