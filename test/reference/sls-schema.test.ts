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
