import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiFleet, type ApiFleet } from './api-fleet.ts';

let api: ApiFleet;
let token: string;
beforeAll(async () => {
  api = await createApiFleet([]);
  token = await api.logIn('ada');
}, 60_000);
afterAll(async () => api.end());

async function wheel(fun: string, members: object = {}): Promise<unknown> {
  const { status, body } = await api.request('/', { token, body: { client: 'wheel', fun, ...members } });
  expect(status).toBe(200);
  const [{ data }] = (body as { return: [{ data: { return: unknown; success: boolean } }] }).return;
  return data.success ? data.return : { failed: data.return };
}

describe.each([
  ['file_roots', 'states'],
  ['pillar_roots', 'pillar'],
] as const)('wheel %s', (module, folder) => {
  const at = (path: string): string => api.fleet.folder.at(`${folder}/${path}`);

  it('writes files and folders, and finds, reads and lists them', async () => {
    const text = 'ready:\n  test.nop\n';
    expect(await wheel(`${module}.write`, { data: text, path: 'new/web.sls' })).toBe(
      `Wrote data to file ${at('new/web.sls')}`,
    );
    expect(readFileSync(at('new/web.sls'), 'utf8')).toBe(text);
    expect(await wheel(`${module}.find`, { path: 'new/web.sls' })).toEqual([{ [at('new/web.sls')]: 'txt' }]);
    expect(await wheel(`${module}.read`, { path: 'new/web.sls' })).toEqual([{ [at('new/web.sls')]: text }]);
    const tree = { [at('').replace(/\/$/, '')]: expect.objectContaining({ new: { 'web.sls': 'f' } }) as unknown };
    expect(await wheel(`${module}.list_env`)).toEqual(tree);
    expect(await wheel(`${module}.list_roots`)).toEqual({ base: [tree] });
    expect(await wheel(`${module}.find`, { path: 'none.sls' })).toEqual([]);
    expect(await wheel(`${module}.read`, { path: 'none.sls' })).toEqual([]);
    expect(await wheel(`${module}.list_env`, { saltenv: 'none' })).toEqual({});
  });

  it('tells binary files from text', async () => {
    api.fleet.folder.write(`${folder}/image.bin`, '\0\u0001');
    expect(await wheel(`${module}.find`, { path: 'image.bin' })).toEqual([{ [at('image.bin')]: 'bin' }]);
    expect(await wheel(`${module}.read`, { path: 'image.bin' })).toEqual([]);
  });

  it('stays inside its folders', async () => {
    symlinkSync(api.fleet.folder.at('master'), at('link'));
    const write = async (members: object): Promise<unknown> => wheel(`${module}.write`, { data: 'x', ...members });
    expect(await write({ path: '../out.sls' })).toBe('Invalid path: ../out.sls');
    expect(await write({ path: 'link/out.sls' })).toBe('Invalid path: link/out.sls');
    expect(await write({ path: '/etc/out.sls' })).toBe(
      'The path passed in /etc/out.sls is not relative to the environment base',
    );
    expect(await write({ path: 'a.sls', saltenv: 'none' })).toBe('Named environment none is not present');
    expect(await write({ path: 'a.sls', index: 4 })).toBe('Specified index 4 in environment base is not present');
    expect(await wheel(`${module}.read`, { path: 'link/master' })).toEqual([]);
    expect(await wheel(`${module}.find`, { path: '../users' })).toEqual([]);
    expect([existsSync(api.fleet.folder.at('out.sls')), existsSync(api.fleet.folder.at('master/out.sls'))]).toEqual([
      false,
      false,
    ]);
  });
});

describe('wheel config', () => {
  const text = (path: string): string => readFileSync(api.fleet.folder.at(`master/${path}`), 'utf8');

  it('sets a key in the configuration, and refuses what would keep the master from starting', async () => {
    expect(await wheel('config.apply', { key: 'timeout', value: 9 })).toBeNull();
    expect(text('master')).toMatch(/^timeout: 9$/m);
    const before = text('master');
    expect(await wheel('config.apply', { key: 'timeout', value: 'soon' })).toEqual({
      failed: expect.stringContaining('Exception occurred in wheel config.apply: ') as unknown,
    });
    expect(text('master')).toBe(before);
  });

  it('writes further files of configuration by name alone', async () => {
    const contents = { yaml_contents: { timeout: 8 } };
    expect(await wheel('config.update_config', { file_name: 'gui', ...contents })).toBe('Wrote gui.conf');
    expect(text('master.d/gui.conf')).toBe('timeout: 8\n');
    expect(await wheel('config.update_config', { file_name: '../gui', ...contents })).toBe('Invalid path');
    expect(await wheel('config.update_config', { file_name: 'gui', yaml_contents: 'timeout' })).toEqual({
      failed: 'Exception occurred in wheel config.update_config: yaml_contents has to be a mapping',
    });
    expect(text('master.d/gui.conf')).toBe('timeout: 8\n');
  });
});

it('wheel error.error fails with what it was given', async () => {
  expect(await wheel('error.error', { name: 'Exception', message: 'a try' })).toEqual({
    failed: 'Exception occurred in wheel error.error: Exception: a try',
  });
  expect(await wheel('error.error')).toEqual({});
});
