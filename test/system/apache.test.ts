import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from './free-port.ts';
import { mayMount, runInPlace } from './in-place.ts';

const saltCall = fileURLToPath(new URL('../../bin/salt-call', import.meta.url));
const configuration = '/etc/apache2';

const usable = mayMount() && existsSync(join(configuration, 'envvars'));
if (!usable) console.warn('Apache was NOT tested: there is no apache2, or no mount namespace for it');

const present = `
listen:
  file.managed:
    - name: /etc/apache2/ports.conf
    - contents: Listen 127.0.0.1:{{ pillar['port'] }}
headers:
  apache_module.enabled: []
shop site:
  apache.configfile:
    - name: /etc/apache2/sites-available/shop.conf
    - config:
      - VirtualHost:
          this: '*:{{ pillar['port'] }}'
          DocumentRoot: {{ pillar['folder'] }}/www
          Header: set X-Kept-By brine
          Directory:
            this: {{ pillar['folder'] }}/www
            Require: all granted
shop:
  apache_site.enabled:
    - require: [{apache: shop site}]
000-default:
  apache_site.disabled: []
name:
  file.managed:
    - name: /etc/apache2/conf-available/name.conf
    - contents: ServerName localhost
  apache_conf.enabled:
    - require: [{file: name}]
`;

const absent = `
shop:
  apache_site.disabled: []
name:
  apache_conf.disabled: []
headers:
  apache_module.disabled:
    - require: [{apache_site: shop}]
`;

interface Step {
  readonly result: boolean | null;
  readonly comment: string;
  readonly changes: Readonly<Record<string, unknown>>;
}

describe.skipIf(!usable)('Apache', () => {
  let folder = '';
  let port = 0;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'brine-apache-'));
    execFileSync('chmod', ['755', folder]);
    port = await freePort();
    cpSync(configuration, join(folder, 'apache2'), { recursive: true, verbatimSymlinks: true });
    for (const name of ['www', 'states', 'conf', 'run']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'www', 'index.html'), 'the shop\n');
    const envvars = join(folder, 'apache2', 'envvars');
    const own = ['PID_FILE', 'RUN_DIR', 'LOCK_DIR', 'LOG_DIR'].map(
      (word) => `export APACHE_${word}=${folder}/run${word === 'PID_FILE' ? '/pid' : ''}\n`,
    );
    writeFileSync(envvars, readFileSync(envvars, 'utf8') + own.join(''));
    writeFileSync(join(folder, 'states', 'present.sls'), present);
    writeFileSync(join(folder, 'states', 'absent.sls'), absent);
    const minion = { id: 'apache1', root_dir: folder, file_roots: { base: [join(folder, 'states')] } };
    writeFileSync(join(folder, 'conf', 'minion'), JSON.stringify(minion));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function call(...words: string[]): unknown {
    const command = [saltCall, '--local', '-c', join(folder, 'conf'), '--out=json', ...words];
    const { stdout } = runInPlace({ folder: join(folder, 'apache2'), place: configuration }, command);
    return (JSON.parse(stdout) as { local: unknown }).local;
  }

  function apply(sls: string, ...words: string[]): readonly Step[] {
    const pillar = JSON.stringify({ port, folder });
    return Object.values(call('state.apply', sls, `pillar=${pillar}`, ...words) as Record<string, Step>);
  }

  const changed = (steps: readonly Step[]): number =>
    steps.filter(({ changes }) => Object.keys(changes).length > 0).length;

  it('has modules, sites and configuration, serves with them, and loses them again', { timeout: 120_000 }, async () => {
    const foretold = apply('present', 'test=True');
    expect(foretold.filter(({ result }) => result === false)).toEqual([]);
    expect(readdirSync(join(folder, 'apache2', 'sites-enabled'))).toEqual(['000-default.conf']);
    const done = apply('present');
    expect(done.filter(({ result }) => result !== true)).toEqual([]);
    expect(changed(done)).toBe(changed(foretold));
    expect(changed(apply('present'))).toBe(0);

    call('apache.signal', 'start');
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/`);
      expect([answer.headers.get('x-kept-by'), await answer.text()]).toEqual(['brine', 'the shop\n']);
      expect(call('apache.modules')).toMatchObject({ shared: expect.arrayContaining(['headers_module']) as unknown });
    } finally {
      call('apache.signal', 'stop');
    }

    const gone = apply('absent');
    expect(gone.filter(({ result }) => result !== true)).toEqual([]);
    expect(changed(gone)).toBe(3);
    expect(changed(apply('absent'))).toBe(0);
    expect(readdirSync(join(folder, 'apache2', 'sites-enabled'))).toEqual([]);
  });
});
