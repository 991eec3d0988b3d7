import { AppError } from '@brine/common';
import { z } from 'zod';
import { argument, lineText, oneOf, optional, withDefault } from '../../kit/arguments.ts';
import type { CommandResult, Host, ReadHost } from '../../kit/index.ts';

const program = 'ufw';
const limit = 120_000;

/** What ufw does with packets that match a rule. */
export const ufwAction = withDefault(oneOf('allow', 'deny', 'reject', 'limit'), 'allow').describe(
  'What becomes of packets: allow, deny, reject or limit.',
);

/** Arguments of the states of rules beside {@link ufwRuleArguments}. */
export const ufwRuleStateArguments = { name: lineText().describe('Any name.'), action: ufwAction };

/** Which packets a policy is for, as ufw calls them. */
export type UfwTraffic = 'incoming' | 'outgoing' | 'routed';

/** A part of a rule; quotes around it, which a shell would take away, are taken away. */
const part = argument('text on one line without a quote or a dash before it', (value) => {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') return undefined;
  const bare = String(value)
    .trim()
    .replace(/^(["'])(.*)\1$/, '$2');
  return bare === '' || /^-|[\n\r\0'"]/.test(bare) ? undefined : bare;
});

/** A part of a rule, or none. */
export const ufwPart = (description: string) => optional(part).describe(description);

/** A rule as its parts; what is absent means any. */
export interface UfwRule {
  readonly action: string;
  /** Number of the rule that it goes before; at the end unless given. */
  readonly insert?: number | undefined;
  readonly direction?: 'in' | 'out' | undefined;
  readonly interface?: string | undefined;
  readonly protocol?: string | undefined;
  readonly fromAddress?: string | undefined;
  readonly fromPort?: string | undefined;
  readonly toAddress?: string | undefined;
  readonly toPort?: string | undefined;
  /** Name of a profile in /etc/ufw/applications.d; stands for ports and protocol. */
  readonly app?: string | undefined;
  readonly comment?: string | undefined;
}

/** The words by which ufw takes a rule, from its action on. */
export function ufwRuleWords(rule: UfwRule): readonly string[] {
  const { insert, action, direction = 'in', interface: on, app, comment } = rule;
  const port = (name: string | undefined) => (name === undefined || app !== undefined ? [] : ['port', name]);
  return [
    ...(insert === undefined ? [] : ['insert', String(insert)]),
    action,
    ...(on === undefined && direction === 'in' ? [] : [direction]),
    ...(on === undefined ? [] : ['on', on]),
    ...(rule.protocol === undefined || app !== undefined ? [] : ['proto', rule.protocol]),
    ...['from', rule.fromAddress ?? 'any', ...port(rule.fromPort)],
    ...['to', rule.toAddress ?? 'any', ...port(rule.toPort)],
    ...(app === undefined ? [] : ['app', app]),
    ...(comment === undefined ? [] : ['comment', comment]),
  ];
}

/** Asks ufw for something and answers what it said. Throws `state-failed`, also when it is not installed. */
export async function askUfw(host: ReadHost, words: readonly string[]): Promise<string> {
  if ((await host.which(program)) === undefined) throw failed('The program ufw is not installed');
  return said(await host.inspect({ command: [program, ...words], timeout: limit }));
}

/** Has ufw change something and answers what it said. Throws `state-failed`. */
export async function changeUfw(machine: Host, words: readonly string[]): Promise<string> {
  return said(await machine.run({ command: [program, ...words], timeout: limit }));
}

/** Whether ufw would change its rules for these words, which begin a rule. Throws `state-failed`. */
export async function wouldAddRule(host: ReadHost, words: readonly string[]): Promise<boolean> {
  const lines = (await askUfw(host, ['--dry-run', ...words])).split('\n').filter((line) => line.trim() !== '');
  return lines.some((line) => !line.startsWith('Skipping'));
}

/**
 * Whether ufw would delete a rule for these words. Its dry run tells the rules that are left, and says of those that are
 * not there that they were deleted, so that they are compared with what is kept. Throws `state-failed`.
 */
export async function wouldDeleteRule(host: ReadHost, words: readonly string[]): Promise<boolean> {
  const told = await askUfw(host, ['--dry-run', 'delete', ...words]);
  const left = new Set(rulesIn(told));
  const families = [
    { chain: ':ufw-user-input', file: '/etc/ufw/user.rules' },
    { chain: ':ufw6-user-input', file: '/etc/ufw/user6.rules' },
  ];
  const kept = families
    .filter(({ chain }) => told.includes(chain))
    .map(async ({ file }) => rulesIn(Buffer.from((await host.files.read(file)) ?? '').toString('utf8')));
  return (await Promise.all(kept)).flat().some((rule) => !left.has(rule));
}

/** The lines by which ufw knows its rules again, in its files and in what a dry run tells. */
function rulesIn(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith('### tuple ###'));
}

/** Whether the firewall is up. Throws `state-failed`. */
export async function isUfwActive(host: ReadHost): Promise<boolean> {
  return /^Status: active$/m.test(await askUfw(host, ['status']));
}

const settings: Readonly<Record<UfwTraffic, string>> = {
  incoming: 'DEFAULT_INPUT_POLICY',
  outgoing: 'DEFAULT_OUTPUT_POLICY',
  routed: 'DEFAULT_FORWARD_POLICY',
};
const policies: Readonly<Record<string, string>> = { ACCEPT: 'allow', DROP: 'deny', REJECT: 'reject' };

/** What becomes of packets that no rule is for, as ufw keeps it; ufw tells it only while it is active. */
export async function ufwPolicy(host: ReadHost, traffic: UfwTraffic): Promise<string | undefined> {
  const kept = Buffer.from((await host.files.read('/etc/default/ufw')) ?? '').toString('utf8');
  const value = new RegExp(`^${settings[traffic]}="?(\\w+)"?\\s*$`, 'm').exec(kept)?.[1];
  return value === undefined ? undefined : policies[value];
}

/** Arguments of a rule under the names of the extension of Salt for ufw. */
export const ufwRuleArguments = {
  direction: optional(oneOf('in', 'out')).describe('Whether it is for packets that come in (`in`) or go out.'),
  interface: ufwPart('Name of the network interface.'),
  from_ip: ufwPart('Where packets come from, an address or a network.'),
  from_port: ufwPart('Port they come from, also `6000:6007` or `80,443`.'),
  to_ip: ufwPart('Where packets go to, an address or a network.'),
  to_port: ufwPart('Port they go to, also `6000:6007` or `80,443`, or the name of a service.'),
  proto: ufwPart('Protocol, such as tcp.'),
  app: ufwPart('Name of an application profile, in the place of ports and protocol.'),
};

const ofArguments = z.object(ufwRuleArguments);

/** The rule that {@link ufwRuleArguments} describe. */
export function readUfwRule(action: string, given: z.infer<typeof ofArguments>): UfwRule {
  const { direction, interface: on, app } = given;
  return {
    ...{ action, direction, interface: on, protocol: given.proto, app },
    ...{ fromAddress: given.from_ip, fromPort: given.from_port, toAddress: given.to_ip, toPort: given.to_port },
  };
}

function said({ exitCode, stdout, stderr, timedOut }: CommandResult): string {
  if (exitCode === 0) return stdout.trim();
  // Behind the sentence ufw prints its whole usage.
  const [sentence = ''] =
    [stderr, stdout]
      .map((text) => text.trim())
      .find((text) => text !== '')
      ?.split('\n') ?? [];
  const words = sentence.replace(/^ERROR: /, '');
  throw failed(timedOut ? 'ufw did not end in time' : `ufw: ${words === '' ? `status ${exitCode}` : words}`);
}

function failed(message: string): AppError {
  return new AppError({ code: 'state-failed', message });
}
