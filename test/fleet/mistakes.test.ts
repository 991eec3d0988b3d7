import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';

let fleet: Fleet;

beforeAll(async () => {
  fleet = await createFleet();
  const { folder } = fleet;
  const untouched = `untouched:\n  file.managed:\n    - name: ${folder.at('untouched')}\n    - contents: x\n`;
  const trees: Readonly<Record<string, string>> = {
    'yaml.sls': 'web:\n  file.managed:\n    - name: /x\n   - mode: 3\n',
    'jinja.sls': `${untouched}web:\n  test.nop:\n    - name: {{ pillar.nothing.here }}\n`,
    'include.sls': 'include:\n  - not.there\n',
    'requisite.sls': `${untouched}web:\n  test.nop:\n    - require:\n      - pkg: nginx\n`,
    'function.sls': 'web:\n  file.manged:\n    - name: /x\n',
    'source.sls': `web:\n  file.managed:\n    - name: ${folder.at('copy')}\n    - source: salt://no/such/file\n`,
  };
  for (const [name, text] of Object.entries(trees)) folder.write(`states/${name}`, text);
  await fleet.startMaster();
  await fleet.join('web1');
});

afterAll(async () => {
  await fleet.end();
});

/** Runs a function on the minion; what it prints for a mistake is short, and never a stack trace. */
async function mistake(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await fleet.run('salt', 'web1', ...args);
  expect(stderr).toBe('ERROR: Minions returned with non-zero exit code\n');
  expect(stdout).not.toMatch(/^\s+at .+:\d+:\d+/m);
  expect(status).toBe(1);
  return stdout;
}

describe('a mistake in a state file', () => {
  it('of YAML names the file, the line and what to do', async () => {
    expect(await mistake('state.apply', 'yaml')).toBe(`web1:
    Data failed to compile:
----------
    yaml.sls:4:4: error: Rendering SLS 'base:yaml' failed: expected a key or list item of an open block, but this line is indented by 3; line 4
  line 4 |    - mode: 3
         |    ^
  help: the keys of one mapping and the items of one list begin in the same column
`);
  });

  it('of Jinja names the line of the file, and nothing of the file is done', async () => {
    expect(await mistake('state.apply', 'jinja')).toMatch(
      /jinja\.sls:7:\d+: error: .*'dict object' has no attribute 'nothing'; line 7\n {2}line 7 \| {5}- name: \{\{ pillar\.nothing\.here \}\}\n/,
    );
    expect(existsSync(fleet.folder.at('untouched'))).toBe(false);
  });

  it('of an include names the file that includes', async () => {
    expect(await mistake('state.apply', 'include')).toContain(
      'include.sls:2:5: error: Specified SLS not.there in saltenv base',
    );
  });

  it('of a requisite names what is not found', async () => {
    const said = await mistake('state.apply', 'requisite');
    expect(said).toContain('requisite.sls');
    expect(said).toContain('nginx');
  });

  it('of a function names it, its line and the one that was meant', async () => {
    const said = await mistake('state.apply', 'function');
    expect(said).toContain("State 'file.manged' was not found in SLS 'function'");
    expect(said).toContain("Did you mean 'file.managed'?");
    expect(said).toContain('Source: function.sls:1\n');
  });

  it('of a source names the file that is not served', async () => {
    const said = await mistake('state.apply', 'source');
    expect(said).toContain("Source file salt://no/such/file not found in saltenv 'base'\n");
    expect(existsSync(fleet.folder.at('copy'))).toBe(false);
  });

  it('of a name tells that there is no such file', async () => {
    expect(await mistake('state.apply', 'nowhere')).toContain("No matching sls found for 'nowhere' in env 'base'\n");
  });
});

describe('a mistake in a call', () => {
  it.each([
    [['test.pingg'], "'test.pingg' is not available. Did you mean 'test.ping'?"],
    [['file.mkdir'], "Passed invalid arguments to file.mkdir: missing 1 required positional argument: 'dir_path'"],
    [['test.sleep', 'soon'], "Passed invalid arguments to test.sleep: 'length' must be a number"],
    [['test.ping', 'colour=red'], 'The following keyword arguments are not valid: colour=red'],
  ])('is told in a line (%j)', async (args, text) => {
    expect(await mistake(...args)).toBe(`web1:\n    ${text}\n`);
  });

  it('of a runner names the one that was meant', async () => {
    expect(await fleet.run('salt-run', 'jobs.list_jbs')).toEqual({
      status: 1,
      stdout: '',
      stderr: "salt-run: there is no runner 'jobs.list_jbs'; did you mean 'jobs.list_jobs'?\n",
    });
  });
});
