import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createFleet, type Fleet } from './fleet.ts';

let fleet: Fleet;

beforeAll(async () => {
  fleet = await createFleet();
  const { folder } = fleet;
  folder.write(
    'reactor/accept.sls',
    "{% if data.act == 'pend' %}\naccept:\n  wheel.key.accept:\n    - args:\n      - match: {{ data.id }}\n{% endif %}\n",
  );
  folder.write('reactor/apply.sls', 'apply:\n  local.state.highstate:\n    - tgt: {{ data.id }}\n');
  folder.write('states/top.sls', "base:\n  '*':\n    - marked\n");
  folder.write('reactor/wheel.sls', 'ids:\n  wheel.key.list_all: []\n');
  folder.write('states/marked.sls', `${folder.at('marked')}:\n  file.managed:\n    - contents: reacted\n`);
  await fleet.startMaster({
    reactor: [
      { 'salt/auth': { sls: [folder.at('reactor', 'accept.sls')], origins: ['stranger'] } },
      { 'salt/minion/*/start': [folder.at('reactor', 'apply.sls')] },
      { 'wants/*': [folder.at('reactor', 'wheel.sls')] },
    ],
  });
});

afterAll(async () => {
  await fleet.end();
});

it('accepts a key and applies the highstate when the minion starts', async () => {
  const minion = fleet.startMinion('web1');
  await fleet.master().logged('reaction done', { id: 'accept' });
  await minion.logged('job ended', { fun: 'state.highstate' });
  expect(existsSync(fleet.folder.at('marked'))).toBe(true);
  expect(readFileSync(fleet.folder.at('marked'), 'utf8')).toBe('reacted\n');
});

it('lets no minion bring about what is privileged unless the rule names it', async () => {
  const mark = fleet.master().mark();
  await fleet.json('salt', '--static', 'web1', 'event.send', 'wants/ids');
  const entry = await fleet.master().logged('reaction failed', { code: 'reaction-refused' }, mark);
  expect(entry).toMatchObject({ file: fleet.folder.at('reactor', 'wheel.sls'), line: 1 });
});
