import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toValue, type CheckOutcome, type Dict, type Plain } from '@brine/common';
import { createFakeHost, createStateContext } from '@brine/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';
import { createLocalHost } from '../../index.ts';
import { bindStateArguments, type CommandRequest, type Host } from '../../kit/index.ts';
import { stateTable } from '../table.ts';

// The real ufw, in a network of its own and with settings of its own.
const network = `brine-ufw-${process.pid}`;
const folder = mkdtempSync(path.join(tmpdir(), 'brine-ufw-'));
const inPlace = `mount --bind ${folder}/ufw /etc/ufw && mount --bind ${folder}/default /etc/default/ufw && exec "$@"`;
const local = createLocalHost();
const inside = (request: CommandRequest): CommandRequest => {
  const command = request.command as readonly string[];
  // Names of hosts are looked up where there is a network.
  if (command[0] !== 'ufw') return request;
  return { ...request, command: ['ip', 'netns', 'exec', network, 'sh', '-c', inPlace, 'sh', ...command] };
};
const host: Host = {
  ...local,
  run: (request) => local.run(inside(request)),
  inspect: (request) => local.inspect(inside(request)),
  files: {
    ...local.files,
    read: (file) => local.files.read(file.replace(/^\/etc\/(default(?=\/ufw$)|ufw)(\/ufw$)?/, `${folder}/$1`)),
  },
};

beforeAll(() => {
  cpSync('/etc/ufw', `${folder}/ufw`, { recursive: true });
  cpSync('/etc/default/ufw', `${folder}/default`);
  execFileSync('ip', ['netns', 'add', network]);
});
afterAll(() => {
  execFileSync('ip', ['netns', 'delete', network]);
  rmSync(folder, { recursive: true });
});

type Given = Readonly<Record<string, Plain>>;

async function look(name: string, given: Given): Promise<CheckOutcome<Host>> {
  const declaration = await stateTable[name]?.();
  if (declaration === undefined) throw new Error(`no state ${name}`);
  const { args, unknown } = bindStateArguments(declaration, toValue({ name: 'web', ...given }) as Dict);
  const context = await createStateContext(createFakeHost(), name);
  return declaration.check(args, { ...context, host, unknownArguments: unknown });
}

const kept = () =>
  ['ufw/user.rules', 'ufw/user6.rules', 'ufw/ufw.conf', 'default']
    .map((file) => readFileSync(path.join(folder, file), 'utf8'))
    .join('');

/** Runs a state under the three laws; answers its comment and the rule that changed. */
async function settle(name: string, given: Given = {}): Promise<string> {
  const before = kept();
  const outcome = await look(name, given);
  expect(kept(), 'a look must change nothing').toBe(before);
  if (outcome.kind !== 'change') return `${outcome.kind}: ${outcome.comment}`;
  const applied = await outcome.apply(host);
  if (applied.failed === true) return `failed: ${applied.comment}`;
  expect(applied.changes).toEqual(outcome.pending.changes);
  expect((await look(name, given)).kind, 'a second run must change nothing').toBe('ok');
  return `${applied.comment} (${Object.values(applied.changes).map(String).join('')})`;
}

function ufw(...words: string[]): string {
  const command = ['netns', 'exec', network, 'sh', '-c', inPlace, 'sh', 'ufw', ...words];
  return execFileSync('ip', command, { encoding: 'utf8' });
}

async function call(name: string, keyword: Given = {}): Promise<unknown> {
  return (await callScratch(`ufw.${name}`, { keyword, host })).value;
}

describe('ufw', () => {
  it('keeps policies while it is down', async () => {
    expect(await settle('ufw.default_incoming', { default: 'deny' })).toBe('ok: web was already set to deny');
    expect(await settle('ufw.default_incoming', { default: 'reject' })).toBe(
      'web set to reject (default reject incoming)',
    );
    expect(await settle('ufw.default_outgoing', { default: 'deny' })).toBe('web set to deny (default deny outgoing)');
    expect(await settle('ufw.default_policy', { direction: 'routed', policy: 'reject' })).toBe(
      'web set to reject (default reject routed)',
    );
  });

  it('keeps rules while it is down, comes up with them, and takes more', async () => {
    expect(await settle('ufw.allow', { protocol: 'tcp', to_port: '"22"', comment: '"for us"' })).toBe(
      'web updated (allow proto tcp from any to any port 22 comment for us)',
    );
    expect(await settle('ufw.enabled')).toBe('UFW is enabled (true)');
    expect(await settle('ufw.limit', { to_port: '170' })).toBe('web added (limit from any to any port 170)');
    expect(await settle('ufw.deny', { from_addr: '10.0.0.1', to_port: '*' })).toBe(
      'web inserted (insert 1 deny from 10.0.0.1 to any)',
    );
    expect(await settle('ufw.deny', { from_addr: 'fd00::1', protocol: 'tcp', to_port: 99 })).toBe(
      'web added (deny proto tcp from fd00::1 to any port 99)',
    );
    expect(await settle('ufw.reject', { from_addr: 'localhost' })).toBe(
      'web inserted (insert 1 reject from 127.0.0.1 to any)',
    );
    expect(await settle('ufw.allowed', { interface: 'eth1', comment: 'inside' })).toBe(
      'web added (allow in on eth1 from any to any comment inside)',
    );
    expect(await settle('ufw.allow', { protocol: 'tcp', to_port: 22, comment: 'for all' })).toBe(
      'web updated (allow proto tcp from any to any port 22 comment for all)',
    );
    expect(await settle('ufw.rule_present', { direction: 'out', insert: 2, to_ip: '192.0.2.7' })).toBe(
      'web inserted (insert 2 allow out from any to 192.0.2.7)',
    );
    expect(await settle('ufw.rule_present', { proto: 'udp', to_port: '10000:10002' })).toBe(
      'web added (allow proto udp from any to any port 10000:10002)',
    );
    expect(ufw('show', 'added').split('\n').slice(1, -1)).toEqual([
      'ufw reject from 127.0.0.1',
      'ufw allow out to 192.0.2.7',
      'ufw deny from 10.0.0.1',
      "ufw allow 22/tcp comment 'for all'",
      'ufw limit 170',
      "ufw allow in on eth1 comment 'inside'",
      'ufw allow 10000:10002/udp',
      'ufw deny from fd00::1 to any port 99 proto tcp',
    ]);
    expect(await settle('ufw.rule_absent', { proto: 'udp', to_port: '10000:10002' })).toBe(
      'web removed (delete allow proto udp from any to any port 10000:10002)',
    );
    expect(await settle('ufw.rule_absent', { proto: 'udp', to_port: 7 })).toBe('ok: web is already absent');
  });

  it('is asked and changed by functions', async () => {
    expect(await call('status')).toEqual(
      toValue({
        status: 'active',
        logging: 'low',
        default_policy: { incoming: 'reject', outgoing: 'deny', routed: 'reject' },
      }),
    );
    expect(await call('is_enabled')).toBe(true);
    expect(await call('version')).toMatch(/^\d+\.\d+/);
    expect(await call('logging_level', { level: 'medium' })).toBe('Logging enabled');
    expect(await call('default_policy', { direction: 'outgoing', policy: 'allow' })).toContain("changed to 'allow'");
    expect(await call('get_default_outgoing')).toBe('allow');
    expect(await call('add_rule', { proto: 'tcp', to_port: 443 })).toBe('Rule added\nRule added (v6)');
    expect(await call('status', { numbered: true })).toContain('443/tcp');
    expect(await call('remove_rule', { proto: 'tcp', to_port: 443 })).toBe('Rule deleted\nRule deleted (v6)');
    expect(await call('remove_rule', { position: 1 })).toContain('Rule deleted');
    expect(await call('reload')).toBe('Firewall reloaded');
    await call('set_enabled', { enabled: false });
    expect(await call('get_default_incoming')).toBe('reject');
    expect(await settle('ufw.disabled')).toBe('ok: UFW is already disabled');
    await call('enable');
    expect(await settle('ufw.disabled')).toBe('UFW is disabled (false)');
  });

  it('says what ufw refuses, and takes nothing for an option or a second argument', async () => {
    expect(await settle('ufw.allow', { app: 'Nope' })).toBe("fail: ufw: Could not find a profile matching 'Nope'");
    expect(await settle('ufw.allow', { from_addr: '1.2.3.4.5' })).toBe('fail: ufw: Bad source address');
    expect(await settle('ufw.allow', { from_addr: 'no.such.host.invalid' })).toBe(
      'fail: There is no host no.such.host.invalid',
    );
    for (const hostile of ['--force', '80\n90', "it's", ''])
      await expect(settle('ufw.allow', { comment: hostile })).rejects.toThrow('comment');
    const bare = createFakeHost();
    const declaration = await stateTable['ufw.enabled']?.();
    const context = await createStateContext(bare, 'ufw.enabled');
    expect(await declaration?.check({ name: 'web' }, context)).toEqual({
      kind: 'fail',
      comment: 'The program ufw is not installed',
    });
  });
});
