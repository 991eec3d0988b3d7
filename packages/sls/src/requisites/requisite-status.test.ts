import { describe, expect, test } from 'vitest';
import type { Step } from '../compile/step.ts';
import type { Link } from './requisite-graph.ts';
import { judgeRequisites, type RequisiteStatus, type StepFate } from './requisite-status.ts';

const fates: Readonly<Record<string, StepFate | undefined>> = {
  good: { result: true, isChanged: false, hasRun: true },
  changed: { result: true, isChanged: true, hasRun: true },
  bad: { result: false, isChanged: false, hasRun: true },
  badChanged: { result: false, isChanged: true, hasRun: true },
  foretold: { result: null, isChanged: true, hasRun: true },
  resting: { result: true, isChanged: false, hasRun: false },
  waiting: undefined,
};

/** Links written as `kind: fate fate`. */
function judge(...lines: readonly string[]): RequisiteStatus {
  const links = lines.map((line): Link => {
    const [kind = '', names = ''] = line.split(': ');
    const targets = names.split(' ').map((tag) => ({ tag }) as Step);
    return { kind: kind as Link['kind'], targets };
  });
  return judgeRequisites(links, ({ tag }) => fates[tag]);
}

describe('what requisites say about a step', () => {
  const cases: readonly [status: RequisiteStatus, ...lines: string[]][] = [
    ['met'],
    ['met', 'require: good changed foretold resting'],
    ['failed', 'require: good bad'],
    ['unmet', 'require: bad waiting'],
    ['met', 'require_any: bad good'],
    ['failed', 'require_any: bad bad'],
    ['failed', 'require_any: bad resting'],
    ['changed', 'watch: good changed'],
    ['met', 'watch: good'],
    ['failed', 'watch: changed bad'],
    ['changed', 'watch_any: changed bad'],
    ['onchanges-quiet', 'onchanges: good resting'],
    ['met', 'onchanges: good changed'],
    ['failed', 'onchanges: badChanged'],
    ['met', 'onchanges_any: bad changed'],
    ['failed', 'onchanges_any: bad good'],
    ['onfail-quiet', 'onfail: good good'],
    ['met', 'onfail: good bad'],
    ['met', 'onfail: foretold'],
    ['met', 'onfail_any: good bad'],
    ['onfail-quiet', 'onfail_all: good bad'],
    ['met', 'onfail_all: bad bad'],
    ['prereq-quiet', 'prereq: good'],
    ['met', 'prereq: good foretold'],
    ['failed', 'prereq: bad'],
    ['met', 'prerequired: good'],
    ['failed', 'prerequired: bad'],
    ['onchanges-quiet', 'watch: changed', 'onchanges: good'],
    ['changed', 'watch: changed', 'onchanges: changed'],
    ['failed', 'require: bad', 'onchanges: good'],
    ['onfail-quiet', 'require: good', 'onfail: good'],
    ['onchanges-quiet', 'onfail: bad', 'onchanges: good'],
  ];
  test.each(cases)('%s: %s %s', (status, ...lines) => {
    expect(judge(...lines)).toBe(status);
  });
});
