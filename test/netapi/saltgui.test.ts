import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiFleet, users, type ApiFleet } from './api-fleet.ts';
import { startBrowser, type Browser } from './browser.ts';

/** A checkout of github.com/erwindon/SaltGUI; nothing of it is in this repository. */
const checkout = process.env['SALTGUI_DIR'];
const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const isThere = checkout !== undefined && existsSync(join(checkout, 'saltgui', 'index.html')) && existsSync(chromium);
if (!isThere) {
  process.stderr.write(
    'SaltGUI was NOT run against the HTTP API: SALTGUI_DIR names no checkout of erwindon/SaltGUI, or there is no chromium\n',
  );
}

describe.skipIf(!isThere)('SaltGUI, unmodified, in Chromium (needs SALTGUI_DIR)', () => {
  let api: ApiFleet;
  let browser: Browser;

  beforeAll(async () => {
    const folder = join(checkout ?? '', 'saltgui');
    api = await createApiFleet(
      ['web1', 'db1'],
      { app: join(folder, 'index.html'), static: join(folder, 'static') },
      {
        saltgui_templates: { t1: { description: 'A template', target: '*', command: 'test.ping' } },
        nodegroups: { front: 'web*' },
        public_pillars: ['.*'],
      },
    );
    api.fleet.folder.write('states/hello.sls', 'hello:\n  test.nop\n');
    const token = await api.logIn('ada');
    await api.request('/', { token, body: { client: 'local', tgt: 'web1', fun: 'state.apply', arg: ['hello'] } });
    browser = await startBrowser(chromium);
  });

  afterAll(async () => {
    await browser.end();
    await api.end();
  });

  const text = 'document.body.innerText';

  async function logIn(): Promise<void> {
    await browser.open(`${api.url}/`);
    await browser.until(`document.getElementById('username') && document.querySelector('#login-button')`);
    const { username, password, eauth } = users.ada;
    await browser.evaluate(`(() => {
      document.getElementById('username').value = ${JSON.stringify(username)};
      document.getElementById('password').value = ${JSON.stringify(password)};
      const select = document.querySelector('#login-form select') ?? document.querySelector('select');
      select.value = ${JSON.stringify(eauth)};
      document.getElementById('login-button').click();
    })()`);
    await browser.until(`sessionStorage.getItem('login_response') !== null && location.hash !== '#login'`);
  }

  it('logs in and shows the minions with their grains', async () => {
    await logIn();
    await browser.until(`/web1/.test(${text}) && /db1/.test(${text}) && /Debian/.test(${text})`);
    expect(await browser.evaluate('location.pathname')).toBe('/');
  });

  it.each([
    ['keys', 'web1', '[0-9a-f]{2}:[0-9a-f]{2}'],
    ['grains', 'db1', 'web1'],
    ['jobs', 'state.apply', 'hello'],
    ['templates', 'A template', 'test.ping'],
    ['nodegroups', 'front', 'web1'],
    ['pillars', 'web1', 'db1'],
  ])('shows the page of %s', async (page, ...wanted) => {
    await browser.evaluate(`document.location.hash = '#${page}'; location.reload()`);
    for (const words of wanted) await browser.until(`/${words}/.test(${text})`);
    expect(await browser.evaluate('location.hash')).toBe(`#${page}`);
  });

  it('runs a command and shows what comes back', async () => {
    await browser.evaluate(
      `document.getElementById('button-manual-run').dispatchEvent(new Event('click', { bubbles: true }))`,
    );
    await browser.until(`document.getElementById('target') && document.getElementById('command')`);
    await browser.evaluate(`(() => {
      const set = (id, value) => { const box = document.getElementById(id); box.value = value; box.dispatchEvent(new Event('input', { bubbles: true })); };
      set('target', '*');
      set('command', 'test.echo said-in-a-browser');
      document.querySelector('.run-command input[type=submit]').click();
    })()`);
    const shown = `document.querySelector('.run-command pre').innerText`;
    await browser.until(`${shown}.split('said-in-a-browser').length > 2`);
    expect(await browser.evaluate(shown)).toMatch(/db1[^]*web1/);
  });

  it('fails in no script of its own', () => {
    expect(browser.errors).toEqual([]);
  });

  it('logs out', async () => {
    const session = await browser.evaluate(
      `JSON.parse(sessionStorage.getItem('login_response')).token ?? sessionStorage.getItem('token')`,
    );
    await browser.evaluate(
      `fetch('/logout', { method: 'POST', headers: { 'X-Auth-Token': sessionStorage.getItem('token') ?? '' } })`,
    );
    expect((await api.request('/stats', { token: String(session) })).status).toBe(401);
  });
});
