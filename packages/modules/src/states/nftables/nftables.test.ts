import { execFileSync } from 'node:child_process';
import { toValue, type CheckOutcome, type Dict, type Plain } from '@brine/common';
import { createFakeHost, createStateContext } from '@brine/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLocalHost } from '../../index.ts';
import { bindStateArguments, type CommandRequest, type Host, type StateDeclaration } from '../../kit/index.ts';
import { append } from './append.ts';
import { chainAbsent } from './chain-absent.ts';
import { chainPresent } from './chain-present.ts';
import { deleteRule } from './delete.ts';
import { flush } from './flush.ts';
import { insert } from './insert.ts';
import { setPolicy } from './set-policy.ts';
import { tableAbsent } from './table-absent.ts';
import { tablePresent } from './table-present.ts';

// The real nft, in a network of its own.
const network = `brine-nft-${process.pid}`;
const local = createLocalHost();
const inside = (request: CommandRequest): CommandRequest => ({
  ...request,
  command: ['ip', 'netns', 'exec', network, ...(request.command as readonly string[])],
});
const host: Host = {
  ...local,
  run: (request) => local.run(inside(request)),
  inspect: (request) => local.inspect(inside(request)),
};

beforeAll(() => void execFileSync('ip', ['netns', 'add', network]));
afterAll(() => void execFileSync('ip', ['netns', 'delete', network]));

async function look(
  declaration: StateDeclaration,
  given: Readonly<Record<string, Plain>>,
): Promise<CheckOutcome<Host>> {
  const { args, unknown } = bindStateArguments(declaration, toValue({ name: 'web', ...given }) as Dict);
  const context = await createStateContext(createFakeHost(), declaration.name);
  return declaration.check(args, { ...context, host, unknownArguments: unknown });
}

/** Runs a state under the three laws; answers its comment. */
async function settle(declaration: StateDeclaration, given: Readonly<Record<string, Plain>>): Promise<string> {
  const before = rules();
  const outcome = await look(declaration, given);
  expect(rules(), 'a look must change nothing').toBe(before);
  if (outcome.kind !== 'change') return `${outcome.kind}: ${outcome.comment}`;
  const applied = await outcome.apply(host);
  if (applied.failed === true) return `failed: ${applied.comment}`;
  expect(applied.changes).toEqual(outcome.pending.changes);
  expect((await look(declaration, given)).kind, 'a second run must change nothing').toBe('ok');
  return applied.comment;
}

function rules(): string {
  const command = ['netns', 'exec', network, 'nft', '-n', '-s', 'list', 'ruleset'];
  return execFileSync('ip', command, { encoding: 'utf8' });
}

const input = { family: 'inet', table: 'filter', chain: 'input' };

describe('nftables', () => {
  it('makes tables, chains and rules, and removes them again', async () => {
    expect(await settle(tablePresent, { name: 'filter', family: 'inet' })).toBe(
      'nftables table filter successfully created in family inet',
    );
    expect(
      await settle(chainPresent, { name: 'input', family: 'inet', table_type: 'filter', hook: 'input', priority: 0 }),
    ).toBe('nftables input chain in filter table create success for inet');
    expect(await settle(append, { ...input, proto: 'tcp', dports: '80,443', jump: 'accept' })).toBe(
      'Set nftables rule for web to: nft add rule inet filter input tcp dport { 443, 80 } accept for inet',
    );
    expect(await settle(append, { ...input, connstate: 'established,related', counter: true, jump: 'accept' })).toBe(
      'Set nftables rule for web to: nft add rule inet filter input ct state { established,related } counter accept for inet',
    );
    expect(await settle(insert, { ...input, if: 'lo', jump: 'accept' })).toBe(
      'Set nftables rule for web to: nft insert rule inet filter input meta iifname lo accept for inet',
    );
    expect(await settle(setPolicy, { ...input, policy: 'drop' })).toBe(
      'Set default policy for input to drop family inet',
    );
    expect(rules()).toBe(`table inet filter {
	chain input {
		type filter hook input priority 0; policy drop;
		iifname "lo" accept
		tcp dport { 80, 443 } accept
		ct state { 0x2, 0x4 } counter accept
	}
}
`);
    expect(await settle(deleteRule, { ...input, proto: 'tcp', dports: '80,443', jump: 'accept' })).toBe(
      'Delete nftables rule for web nft delete rule inet filter input tcp dport { 443, 80 } accept',
    );
    expect(await settle(flush, { family: 'inet', table: 'filter', chain: 'input' })).toBe(
      'Flush nftables rules in filter table input chain inet family',
    );
    expect(await settle(chainAbsent, { name: 'input', family: 'inet' })).toBe(
      'nftables input chain in filter table delete success for inet',
    );
    expect(await settle(tableAbsent, { name: 'filter', family: 'inet' })).toBe(
      'nftables table filter successfully deleted from family inet',
    );
    expect(rules()).toBe('');
  });

  it('refuses what nft would take for something else, and places that are not there', async () => {
    expect(await settle(append, { ...input, chain: 'a;b', jump: 'accept' })).toBe(
      'fail: a;b cannot be the name of a table or chain of nftables',
    );
    expect(await settle(append, { ...input, jump: 'accept; flush ruleset' })).toBe(
      'fail: The value of jump would be more than a part of a rule: accept; flush ruleset',
    );
    expect(await settle(append, { ...input, colour: 'red', jump: 'accept' })).toBe(
      'fail: colour is no option of a rule of nftables',
    );
    expect(await settle(append, { ...input, table: 'none', jump: 'accept' })).toBe(
      'fail: Table none in family inet does not exist',
    );
    expect(await settle(deleteRule, { ...input, table: 'none', jump: 'accept' })).toBe(
      'ok: nftables rule for web already absent for inet (nft delete rule inet none input accept)',
    );
    expect(await settle(flush, { ...input, table: 'none' })).toBe(
      'fail: Failed to flush table none in family inet, table does not exist.',
    );
    expect(await settle(chainPresent, { name: 'x', hook: 'input' })).toBe(
      'fail: Table_type, hook, and priority required.',
    );
  });
});
