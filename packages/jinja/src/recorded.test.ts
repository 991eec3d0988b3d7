/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { isAppError } from '@brine/common';
import { describe, expect, it } from 'vitest';
import { createJinja, jinjaErrors, type TemplateHost } from './index.ts';

/** A template with what Jinja2 3.1, set up as Salt 3006 does, printed; `null` where it failed. */
interface RecordedTemplate {
  readonly template: string;
  readonly text: string | null;
  readonly files?: Readonly<Record<string, string>>;
  readonly trimBlocks?: boolean;
  readonly lstripBlocks?: boolean;
}

function read<Row>(name: string): Row[] {
  const lines = readFileSync(new URL(`../test-data/${name}`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
  return lines.map((line) => JSON.parse(line) as Row);
}

function hostOf(files: Readonly<Record<string, string>>): TemplateHost {
  const load = (name: string) => {
    const text = files[name];
    return text === undefined ? undefined : { file: name, text };
  };
  return {
    loader: { load },
    call: () => null,
  };
}

/** What is printed, or `null` for any of this package's errors. Other errors are mistakes of ours. */
function render(recorded: RecordedTemplate): string | null {
  const { template, files = {}, trimBlocks = false, lstripBlocks = false } = recorded;
  const jinja = createJinja({ trimBlocks, lstripBlocks }, hostOf(files));
  try {
    return jinja.render({ file: 'recorded', text: template }, new Map()).text;
  } catch (error) {
    if (isAppError(error) && error.code in jinjaErrors && error.problems[0]?.span !== undefined) return null;
    throw error;
  }
}

describe('templates recorded from Jinja2', () => {
  it('print the same expressions, or fail as well', () => {
    const recorded = read<readonly [string, string | null]>('recorded-expressions.jsonl');
    const printed = recorded.map(([template]) => [template, render({ template, text: null })]);
    expect(printed).toEqual(recorded);
  });

  it('print the same whitespace, scopes and inheritance, or fail as well', () => {
    const recorded = read<RecordedTemplate>('recorded-templates.jsonl');
    const printed = recorded.map((entry) => ({ ...entry, text: render(entry) }));
    expect(printed).toEqual(recorded);
  });
});
