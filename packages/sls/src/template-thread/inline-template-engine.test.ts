import type { Dict } from '@brine/common';
import { expect, test } from 'vitest';
import { createInlineTemplateEngine } from './inline-template-engine.ts';

const engine = createInlineTemplateEngine({ readTemplate: () => undefined, call: () => 'called', log: () => {} });

function request(text: string, variables: Dict = new Map()) {
  return { text, file: 'a.sls', saltenv: 'base', variables, settings: {} };
}

test('a template works on a copy of its variables', async () => {
  const variables: Dict = new Map([['list', [1]]]);
  const { text } = await engine.render(request('{% do list.append(2) %}{{ list }}', variables));
  expect([text, variables.get('list')]).toEqual(['[1, 2]', [1]]);
});

test('settings of one request do not reach another', async () => {
  const text = '{% if true %}\nx\n{% endif %}\n';
  const trimmed = await engine.render({ ...request(text), settings: { trimBlocks: true } });
  const plain = await engine.render(request(text));
  expect([trimmed.text, plain.text]).toEqual(['x\n\n', '\nx\n\n']);
});

test('ports of a request are refused', async () => {
  const ports = { call: () => Promise.resolve(null) };
  await expect(engine.render({ ...request('x'), ports })).rejects.toMatchObject({ code: 'template-ports' });
});

test('a closed engine renders no more', async () => {
  const closed = createInlineTemplateEngine({ readTemplate: () => undefined, call: () => null, log: () => {} });
  await closed.close();
  await expect(closed.render(request('x'))).rejects.toMatchObject({ code: 'template-engine-closed' });
});
