import type { Link } from './requisite-graph.ts';
import type { Step } from '../compile/step.ts';

/** What became of a step, as far as others depend on it. */
export interface StepFate {
  /** `null` when the step was only foretold to change. */
  readonly result: boolean | null;
  readonly isChanged: boolean;
  /** False for a step that its own `onchanges` or `onfail` held back. */
  readonly hasRun: boolean;
}

/** What the requisites of a step say about it. */
export type RequisiteStatus =
  /** It runs. */
  | 'met'
  /** It runs, and what it watches changed. */
  | 'changed'
  | 'failed'
  /** None of its `prereq` targets would change. */
  | 'prereq-quiet'
  | 'onfail-quiet'
  | 'onchanges-quiet'
  /** Something it depends on has not run, which only a circle of requisites brings about. */
  | 'unmet';

type Finding = 'unmet' | 'fail' | 'met' | 'change' | 'onfail' | 'onchanges' | 'onchangesmet' | 'pre' | 'premet';

/** Judges a step by the fates of those it links to; `fateOf` answers `undefined` for one that has none yet. */
export function judgeRequisites(
  links: readonly Link[],
  fateOf: (target: Step, kind: Link['kind']) => StepFate | undefined,
): RequisiteStatus {
  const all = new Set<Finding>();
  for (const { kind, targets } of links) {
    const findings = new Set<Finding>();
    for (const target of targets) {
      const finding = findOne(kind, fateOf(target, kind));
      for (const one of finding) findings.add(one);
    }
    for (const one of weigh(kind, findings)) all.add(one);
  }
  return combine(all);
}

function findOne(kind: Link['kind'], fate: StepFate | undefined): readonly Finding[] {
  if (fate === undefined) return ['unmet'];
  const met: readonly Finding[] = fate.hasRun ? ['met'] : [];
  if (kind.startsWith('onfail')) return fate.result === true ? ['onfail'] : met;
  if (fate.result === false) return ['fail'];
  if (kind.startsWith('onchanges')) return [fate.isChanged ? 'onchangesmet' : 'onchanges'];
  if (kind.startsWith('watch') && fate.isChanged) return ['change'];
  if (kind === 'prereq') return fate.result === null ? ['premet', ...met] : ['pre'];
  return met;
}

// One good target is enough for `…_any` and for plain `onfail`; `onfail_all` needs them all.
function weigh(kind: Link['kind'], findings: Set<Finding>): Set<Finding> {
  if (kind.endsWith('_any') || kind === 'onfail') {
    if (findings.has('met') || findings.has('change')) findings.delete('fail');
    if (findings.has('onchangesmet')) {
      findings.delete('onchanges');
      findings.delete('fail');
    }
    if (findings.has('met')) findings.delete('onfail');
  }
  if (kind === 'onfail_all' && findings.has('onfail')) findings.delete('met');
  return findings;
}

function combine(findings: ReadonlySet<Finding>): RequisiteStatus {
  if (findings.has('unmet')) return 'unmet';
  if (findings.has('fail')) return 'failed';
  if (findings.has('pre')) return findings.has('premet') ? 'met' : 'prereq-quiet';
  const isTriggered = findings.has('onchangesmet');
  if (findings.has('onfail') && !isTriggered) return 'onfail-quiet';
  if (findings.has('onchanges') && !isTriggered) return 'onchanges-quiet';
  if (findings.has('change')) return 'changed';
  return findings.has('onfail') ? 'onfail-quiet' : 'met';
}
