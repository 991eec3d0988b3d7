/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { toValue, type Plain, type Value } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { createJinja, createLocalFiles, type JinjaOptions, type TemplateLoader } from './index.ts';

/** A case of the conformance collection: files, and what Salt 3006 rendered from `t.jinja` or said about it. */
interface RecordedCase {
  readonly name: string;
  readonly why: string;
  readonly files: Readonly<Record<string, string>>;
  readonly undefined?: 'lenient';
  readonly options?: JinjaOptions;
  readonly grains?: Readonly<Record<string, Plain>>;
  readonly text?: string;
  readonly error?: readonly string[];
}

const cases = JSON.parse(
  readFileSync(new URL('../test-data/conformance-cases.json', import.meta.url), 'utf8'),
) as readonly RecordedCase[];

function loaderOf(files: RecordedCase['files']): TemplateLoader {
  return {
    load: (name) => {
      const text = files[name];
      return text === undefined ? undefined : { file: name, text };
    },
  };
}

function render(recorded: RecordedCase): string {
  const call = (name: string): Value => {
    throw new Error(`no function ${name}`);
  };
  const options: JinjaOptions = { ...recorded.options, undefined: recorded.undefined ?? 'strict' };
  const jinja = createJinja(options, { loader: loaderOf(recorded.files), call, files: createLocalFiles() });
  const context = new Map<string, Value>([
    ['grains', toValue(recorded.grains ?? {})],
    ['tplfile', 't.jinja'],
  ]);
  return jinja.render({ file: 't.jinja', text: recorded.files['t.jinja'] ?? '' }, context).text;
}

function failureOf(recorded: RecordedCase): string {
  try {
    return `no error but: ${render(recorded)}`;
  } catch (error) {
    return String(error).toLowerCase();
  }
}

describe('the conformance cases', () => {
  // Windows line ends are put back by the renderer, not by Jinja.
  it.each(cases.filter(({ error }) => error === undefined))('$name: $why', (recorded) => {
    expect(render(recorded)).toBe(recorded.text?.replaceAll('\r\n', '\n'));
  });

  it.each(cases.filter(({ error }) => error !== undefined))('$name: $why', (recorded) => {
    const failure = failureOf(recorded);
    const missing = recorded.error?.filter((word) => !failure.includes(word.toLowerCase()));
    expect({ failure, missing }).toEqual({ failure, missing: [] });
  });
});
