import { isAppError, toPlain, type AppError, type Value } from '@brine/common';
import { expect, test } from 'vitest';
import { createInlineTemplateEngine } from '../template-thread/inline-template-engine.ts';
import { createRenderer } from './create-renderer.ts';

/** Renders web/init.sls of a tree with Jinja itself. */
async function render(files: Record<string, string>): Promise<Value> {
  const tree = new Map(Object.entries(files));
  const templates = createInlineTemplateEngine({
    readTemplate(path) {
      const text = tree.get(path);
      return text === undefined ? undefined : { text, file: path };
    },
    call: (name, positional) => [name, ...positional],
    log: () => {},
  });
  const context = { grains: new Map([['id', 'web1']]), pillar: new Map(), options: new Map() };
  const source = { file: 'web/init.sls', text: tree.get('web/init.sls') ?? '', saltenv: 'base', sls: 'web' };
  return (await createRenderer({ templates }).render(source, context)).value;
}

async function renderError(files: Record<string, string>): Promise<AppError> {
  const error: unknown = await render(files).catch((caught: unknown) => caught);
  if (isAppError(error)) return error;
  throw new Error('the tree rendered');
}

test('a state file imports from its folder and calls functions', async () => {
  const files = {
    'web/init.sls':
      "{% from './map.jinja' import web with context %}\n{{ sls }}: {{ web.port }}\ncalled: {{ salt['a.b'](1) }}\n",
    'web/map.jinja': "{% set web = {'port': 80, 'host': grains.id} %}",
  };
  expect(toPlain(await render(files))).toEqual({ web: 80, called: ['a.b', 1] });
});

test('an undefined variable is named with the line of its template', async () => {
  const error = await renderError({ 'web/init.sls': 'conf:\n  test.nop:\n    - text: {{ workers }}\n' });
  expect(error.problems).toMatchObject([{ code: 'jinja-undefined', span: { file: 'web/init.sls', line: 3 } }]);
  expect(error.message).toContain(
    "Jinja variable 'workers' is undefined; line 3\n\n---\nconf:\n  test.nop:\n    - text: {{ workers }}    <====",
  );
});

test('an error in an imported file names that file, and how it was reached', async () => {
  const error = await renderError({
    'web/init.sls': "\n{% from 'lib.jinja' import item %}\n{{ item('x') }}\n",
    'lib.jinja': '{% macro item(name) %}\n\n{{ nam }}\n{% endmacro %}',
  });
  expect(error.problems[0]?.span).toMatchObject({ file: 'lib.jinja', line: 3 });
  expect(error.message).toContain("Jinja variable 'nam' is undefined; line 3 of lib.jinja\n\n---\n{{ nam }}    <====");
  expect(error.message).toContain('web/init.sls line 3');
});

test('an error of the YAML that a loop made names the line of the loop, and shows what was rendered', async () => {
  const text =
    "{% set names = ['a', 'b: c'] %}\nlist:\n{% for name in names %}\n  key{{ loop.index }}: {{ name }}\n{% endfor %}\n";
  const error = await renderError({ 'web/init.sls': text });
  expect(error.problems).toMatchObject([{ code: 'yaml-syntax', span: { file: 'web/init.sls', line: 4 } }]);
  expect(error.message).toContain('  key{{ loop.index }}: {{ name }}    <====');
  expect(error.message).toContain('  key2: b: c    <====');
});

test('a template reaches no file above the tree', async () => {
  const error = await renderError({ 'web/init.sls': "{% include '../../etc/passwd' %}", '../etc/passwd': 'root' });
  expect(error.code).toBe('jinja-error');
});
