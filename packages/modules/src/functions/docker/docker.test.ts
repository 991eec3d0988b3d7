import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toValue, type Dict, type Plain } from '@brine/common';
import { createFakeDocker, createFakeHost } from '@brine/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { callScratch } from '../../../test-support/scratch-context.ts';

// The daemon has web (running) and old (stopped) of nginx:1.25, the network back with web on it, and the volume data.
const folder = mkdtempSync(join(tmpdir(), 'brine-docker-'));
const socket = join(folder, 'docker.sock');
const docker = createFakeDocker();

beforeAll(() => new Promise<void>((resolve) => docker.server.listen(socket, resolve)));
beforeEach(() => docker.reset());
afterAll(async () => {
  await new Promise((resolve) => docker.server.close(resolve));
  rmSync(folder, { recursive: true });
});

async function answer(name: string, positional: Plain[] = [], keyword: Record<string, Plain> = {}) {
  const options = { 'docker.url': `unix://${socket}` };
  return callScratch(`docker.${name}`, { host: createFakeHost(), options, positional, keyword });
}

async function call(name: string, positional: Plain[] = [], keyword: Record<string, Plain> = {}) {
  return (await answer(name, positional, keyword)).value;
}

describe('functions of docker', () => {
  it('tell what there is', async () => {
    expect(await call('list_containers')).toEqual(['web']);
    expect(await call('list_containers', [], { all: true })).toEqual(['old', 'web']);
    expect([...((await call('ps', [], { all: true })) as Dict).keys()]).toEqual(['id-web', 'id-old']);
    expect(((await call('ps')) as Dict).get('id-web')).toMatchObject(
      toValue({
        Names: ['/web'],
        Image: 'nginx:1.25',
        Time_Created_Epoch: 86_400,
        Time_Created_Local: '1970-01-02 00:00:00',
      }) as Dict,
    );
    expect([...((await call('images')) as Dict).keys()]).toEqual(['sha256:aaaa']);
    expect(((await call('networks', [], { names: 'back' })) as Dict[]).map((one) => one.get('Name'))).toEqual(['back']);
    expect(((await call('inspect', ['nginx:1.25'])) as Dict).get('Id')).toBe('sha256:aaaa');
    expect(await call('version')).toEqual(toValue({ Version: '26.1.0', ApiVersion: '1.45' }));
    expect(await Promise.all([call('exists', ['web']), call('exists', ['none'])])).toEqual([true, false]);
    expect(await Promise.all([call('state', ['web']), call('state', ['old'])])).toEqual(['running', 'stopped']);
    expect(await call('logs', ['web'])).toBe('ran nginx -g daemon off;\ndone\n');
    await expect(call('inspect', ['none'])).rejects.toThrow('No such image/container/volume/network: none');
    await expect(call('state', ['none'])).rejects.toThrow('Error 404: No such container: none');
  });

  it('change containers and tell how they were and are', async () => {
    const running = { old: 'running', new: 'running' };
    expect(await call('start', ['web'])).toEqual(
      toValue({ result: false, state: running, comment: "Container 'web' already running" }),
    );
    expect(await call('start', ['old'])).toEqual(toValue({ result: true, state: { old: 'stopped', new: 'running' } }));
    expect(await call('pause', ['web'])).toEqual(toValue({ result: true, state: { old: 'running', new: 'paused' } }));
    expect(((await call('stop', ['web'])) as Dict).get('result')).toBe(false);
    expect(await call('stop', ['web'], { unpause: true, timeout: 5 })).toEqual(
      toValue({ result: true, state: { old: 'paused', new: 'stopped' } }),
    );
    expect(await call('restart', ['web'])).toEqual(
      toValue({ result: true, state: { old: 'stopped', new: 'running' }, restarted: true }),
    );
    await expect(call('rm', ['web'])).rejects.toThrow("Container 'web' is running, use force");
    expect(await call('rm', ['web'], { force: true })).toEqual(['id-web']);
    expect(docker.changes).toEqual([
      'POST /containers/old/start',
      'POST /containers/web/pause',
      'POST /containers/web/unpause',
      'POST /containers/web/stop?t=5',
      'POST /containers/web/restart',
      'DELETE /containers/web?v=0&force=1',
    ]);
  });

  it('run commands in containers, and end with their status', async () => {
    expect(await answer('run', ['web', 'ls -l'])).toEqual({ value: 'ran ls  l\ndone', retcode: 0 });
    expect(await answer('run_all', ['web', 'fail'])).toEqual({
      value: toValue({ retcode: 3, stdout: 'ran fail', stderr: 'done' }),
      retcode: 3,
    });
    expect(await answer('retcode', ['web', ['fail']], { ignore_retcode: true })).toEqual({ value: 3, retcode: 0 });
    await expect(call('run', ['old', 'ls'])).rejects.toThrow("Container 'old' is not running");
  });

  it('fetch and remove images, volumes and networks', async () => {
    expect(await call('pull', ['redis:7'])).toEqual(
      toValue({ Status: 'Downloaded newer image for redis:7', Layers: { Pulled: ['l1'] } }),
    );
    expect(await call('rmi', ['nginx:1.25'])).toEqual(toValue({ Layers: ['sha256:aaaa'], Images: ['nginx:1.25'] }));
    expect(await call('create_volume', ['more'])).toEqual(toValue({ Driver: 'local', Name: 'more' }));
    expect(await call('remove_volume', ['more'])).toBe(true);
    expect(await call('disconnect_container_from_network', ['web', 'back'])).toBe(true);
    expect(await call('remove_network', ['back'])).toBe(true);
  });
});
