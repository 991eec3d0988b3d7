import { execFileSync } from 'node:child_process';
import { toValue, type Dict, type Plain } from '@brine/common';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScratchContext } from '../../../test-support/scratch-context.ts';
import { createLocalHost } from '../../index.ts';
import type { CommandRequest, Host } from '../../kit/index.ts';
import { runFunction } from '../call-function.ts';
import { functionTable } from '../table.ts';

// The real nft, in a network of its own.
const network = `brine-nftf-${process.pid}`;
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

async function call(name: string, positional: readonly Plain[] = [], keyword: Record<string, Plain> = {}) {
  const answer = await runFunction({
    table: { functions: functionTable },
    name: `nftables.${name}`,
    positional: positional.map(toValue),
    keyword: toValue(keyword) as Dict,
    context: createScratchContext({ host }),
  });
  return answer.value;
}

const told = (comment: string, result: boolean) => toValue({ comment, result });

describe('functions of nftables', () => {
  it('make tables, chains and rules once, and remove them', async () => {
    const rule = 'tcp dport 22 log accept';
    const where = 'in table filter in family ipv4';
    expect(await call('new_table', ['filter'])).toEqual(told('Table filter in family ipv4 created', true));
    expect(await call('new_table', ['filter'])).toEqual(told('Table filter in family ipv4 exists', true));
    expect(await call('new_chain', ['filter', 'input'], { hook: 'input' })).toEqual(
      told('Table_type, hook, and priority required.', false),
    );
    const base = { table_type: 'filter', hook: 'input', priority: 0 };
    expect(await call('new_chain', ['filter', 'input'], base)).toEqual(told(`Chain input ${where} created`, true));
    expect(await call('append', ['filter', 'input', rule])).toEqual(
      told(`Added rule "${rule}" chain input ${where}.`, true),
    );
    expect(await call('append', ['filter', 'input', rule])).toEqual(
      told(`Rule ${rule} chain input ${where} already exists`, false),
    );
    expect(await call('check', ['filter', 'input', rule])).toEqual(
      told(`Rule ${rule} in chain input ${where} exists`, true),
    );
    const handle = (await call('get_rule_handle', ['filter', 'input', rule])) as Dict;
    const deleted = (await call('delete', ['filter', 'input', Number(handle.get('handle'))])) as Dict;
    expect(deleted.get('result')).toBe(true);
    expect(await call('check', ['filter', 'input', rule])).toEqual(
      told(`Rule ${rule} in chain input ${where} does not exist`, false),
    );
    expect(await call('set_policy', ['filter', 'input', 'drop'])).toBe(true);
    expect(await call('get_policy', ['filter', 'input'])).toBe('drop');
    expect(await call('flush', ['filter'])).toEqual(told('Flushed rules from table filter in family ipv4.', true));
    expect(await call('delete_chain', ['filter', 'input'])).toEqual(told(`Chain input ${where} deleted`, true));
    expect(await call('delete_table', ['filter'])).toEqual(told('Table filter in family ipv4 deleted', true));
    expect(await call('list_tables')).toEqual([]);
  });

  it('write rules of options, and take no text for more than one', async () => {
    const options = { connstate: 'related,established', jump: 'accept' };
    const full = { ...options, command: 'insert', position: 3, full: true };
    expect(await call('build_rule', ['filter', 'input'], full)).toEqual(
      toValue({
        comment: 'Successfully built rule',
        rule: 'nft insert rule ip filter input position 3 ct state { related,established } accept',
        result: true,
      }),
    );
    await expect(call('append', ['filter', 'input', 'accept; flush ruleset'])).rejects.toThrow('must be one rule');
    await expect(call('new_table', ['a { }'])).rejects.toThrow('cannot be the name of a table');
  });
});
