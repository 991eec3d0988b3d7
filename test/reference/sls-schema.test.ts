import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadYaml, toPlain } from '@brine/common';
import { stateTable } from '@brine/modules';
import { Ajv, type ValidateFunction } from 'ajv';
import { beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
let validate: ValidateFunction;

beforeAll(() => {
  const schema = JSON.parse(readFileSync(join(root, 'share/schema/sls.schema.json'), 'utf8')) as object;
  validate = new Ajv({ allowUnionTypes: true, strict: false, allErrors: true }).compile(schema);
});

function faultsOf(sls: string): readonly string[] {
  const value = JSON.parse(JSON.stringify(toPlain(loadYaml(sls).value))) as unknown;
  return validate(value) ? [] : (validate.errors ?? []).map(({ instancePath }) => instancePath);
}

/** The sample tree, with what only Jinja reads taken off: lines of statements, and expressions put into quotes. */
function sampleStates(): readonly (readonly [string, string])[] {
  const folder = join(root, 'states');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.sls'));
  const withoutJinja = (text: string): string =>
    text
      .replace(/\{%-? el(?:se|if)\b.*?\{%-? endif -?%\}/gs, '')
      .replace(/\{%.*?%\}|\{#.*?#\}/gs, '')
      .replace(/\{\{.*?\}\}/gs, (expression) => `x${expression.replace(/[^\w{}|. ()]/g, '_')}`);
  return files
    .filter((name) => !name.startsWith('top'))
    .map((name) => [name, withoutJinja(readFileSync(join(folder, name), 'utf8'))] as const);
}

/** The ways public trees write things, each of which a run takes. */
const formsOfTrees: readonly (readonly [string, string])[] = [
  [
    'a package formula',
    `include:
  - .install
  - nginx.ng

nginx-pkg:
  pkg.installed:
    - pkgs: [nginx, nginx-extras]
    - version: '1.18.*'
    - refresh: true
    - require_in:
      - service: nginx
nginx:
  service.running:
    - enable: True
    - reload: True
    - watch:
      - file: /etc/nginx/*
      - pkg: nginx-pkg
`,
  ],
  [
    'files with modes of all kinds, sources in lists, contexts and templates',
    `/etc/nginx/nginx.conf:
  file.managed:
    - source:
      - salt://nginx/files/web1/nginx.conf
      - salt://nginx/files/nginx.conf
    - template: jinja
    - user: root
    - group: 0
    - mode: 644
    - makedirs: True
    - context:
        workers: 4
        sites: [a, b]
    - defaults: {port: 80}
    - check_cmd: nginx -t -c
    - backup: minion
    - show_changes: False
/srv/www:
  file.directory:
    - names: [/srv/a, /srv/b]
    - dir_mode: '0755'
    - file_mode: 0644
    - recurse: [user, group, mode]
    - clean: true
    - exclude_pat: E@^keep
`,
  ],
  [
    'requisites of every form',
    `deploy:
  cmd.run:
    - names:
      - make install
      - make check:
        - cwd: /tmp
    - cwd: /srv/app
    - runas: deploy
    - env:
      - PATH: /usr/bin:/bin
      - DEBUG: 1
    - creates: [/srv/app/done]
    - onlyif: [test -e /srv, 'true']
    - unless:
      - fun: file.file_exists
        path: /x
    - require: [pkg: build, sls: base, deploy-user]
    - onchanges_any:
      - git: https://example.org/app.git
    - listen_in:
      - service: app
    - order: last
    - failhard: True
    - retry: {attempts: 3, interval: 5}
    - parallel: true
    - fire_event: app/deployed
    - prereq_in: [cmd: stop]
`,
  ],
  [
    'modules in both forms, with what functions take',
    `reload:
  module.run:
    - name: service.systemctl_reload
    - onchanges: [file: /etc/systemd/system/app.service]
others:
  module.run:
    - file.touch:
      - name: /tmp/x
    - test.echo: [hello]
`,
  ],
  [
    'accounts, schedules and mounts',
    `deploy:
  group.present: [gid: 1500, system: False]
  user.present:
    - uid: 1500
    - gid: 1500
    - groups: [www-data, adm]
    - optional_groups: [docker]
    - shell: /bin/bash
    - password: '$6$salt$hash'
    - enforce_password: false
  ssh_auth.present:
    - user: deploy
    - enc: ssh-ed25519
    - names: [AAAAC3Nz]
backup:
  cron.present: [user: root, minute: '*/5', hour: 3, identifier: backup]
/data:
  mount.mounted:
    - device: UUID=1234
    - fstype: ext4
    - opts: [noatime, nodev]
    - persist: True
    - mkmnt: True
net.ipv4.ip_forward:
  sysctl.present: [value: 1]
`,
  ],
  [
    'repositories, archives and checkouts',
    `repo:
  pkgrepo.managed:
    - humanname: App
    - name: deb [signed-by=/etc/apt/keyrings/app.gpg arch=amd64] https://example.org/apt stable main
    - file: /etc/apt/sources.list.d/app.list
    - key_url: https://example.org/key.gpg
    - aptkey: False
    - require_in: [{pkg: app}]
app-archive:
  archive.extracted:
    - name: /opt/app
    - source: https://example.org/app-1.2.tar.gz
    - source_hash: https://example.org/SHA256SUMS
    - options: --strip-components=1
    - enforce_toplevel: false
    - if_missing: /opt/app/bin
app-checkout:
  git.latest:
    - name: git@example.org:app.git
    - target: /srv/app
    - rev: v1.2
    - identity: /root/.ssh/id_ed25519
    - force_reset: True
    - depth: 1
`,
  ],
  [
    'what an orchestration has, and exclusions',
    `exclude:
  - sls: old
  - id: gone
update:
  salt.state:
    - tgt: 'role:web'
    - tgt_type: grain
    - sls: [web, web.certs]
    - batch: 25%
    - pillar: {version: 1.2}
    - require: [salt: drain]
drain:
  salt.function:
    - name: cmd.run
    - tgt: lb*
    - arg: [drain]
    - kwarg: {shell: /bin/sh}
`,
  ],
  [
    'ids that are numbers and functions without arguments',
    '8080:\n  test.nop\nx:\n  test.nop: []\n  pkg:\n    - latest\n',
  ],
];

describe('the schema of SLS files', () => {
  it.each(sampleStates())('takes the sample %s', (_, text) => {
    expect(faultsOf(text)).toEqual([]);
  });

  it('takes every example of every state', async () => {
    const refused: string[] = [];
    for (const load of Object.values(stateTable)) {
      const { name, examples } = await load();
      for (const example of examples) if (faultsOf(example).length > 0) refused.push(name);
    }
    expect(refused).toEqual([]);
  });

  it.each([
    ['short forms', 'nginx: pkg.installed\nweb:\n  file:\n    - managed\n    - name: /etc/x\n'],
    ['templates for values', `x:\n  file.managed:\n    - mode: '{{ mode }}'\n    - makedirs: '{{ flag }}'\n`],
    ['requisites', 'x:\n  cmd.run:\n    - name: ls\n    - require:\n      - file: /etc/x\n    - unless: test -e /x\n'],
    ['includes', 'include:\n  - nginx\nextend:\n  x:\n    service.running:\n      - enable: true\n'],
    ['several functions of an id', 'x:\n  pkg.installed: []\n  service.running:\n    - enable: True\n'],
  ])('takes %s', (_, text) => {
    expect(faultsOf(text)).toEqual([]);
  });

  it.each(formsOfTrees)('takes %s, as public trees write it', (_, text) => {
    expect(faultsOf(text)).toEqual([]);
  });

  it.each([
    ['an unknown state', 'x:\n  file.mannaged:\n    - name: /etc/x\n', '/x'],
    ['an unknown argument', 'x:\n  group.present:\n    - gidd: 70\n', '/x/group.present/0'],
    ['a text for a flag', 'x:\n  service.running:\n    - enable: perhaps\n', '/x/service.running/0/enable'],
    ['a list for a text', 'x:\n  file.managed:\n    - source_hash: {a: 1, b: 2}\n', '/x/file.managed/0/source_hash'],
    ['a bad mode', "x:\n  file.managed:\n    - mode: '0999'\n", '/x/file.managed/0/mode'],
    ['arguments that are no list', 'x:\n  file.managed:\n    name: /etc/x\n', '/x/file.managed'],
    ['an include that is no list', 'include: nginx\n', '/include'],
  ])('refuses %s, where it stands', (_, text, place) => {
    expect(faultsOf(text)).toContain(place);
  });
});
