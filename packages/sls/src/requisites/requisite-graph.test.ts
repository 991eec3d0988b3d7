import { toValue, type Plain } from '@brine/common';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stepTag, type Step } from '../compile/step.ts';
import { cycleProblem, findCycles } from './find-cycles.ts';
import { createRequisiteGraph, type RequisiteGraph } from './requisite-graph.ts';
import { planRunOrder } from './run-order.ts';

function step(id: string, chunk: Record<string, Plain> = {}, more: Partial<Step> = {}): Step {
  const parts = { state: 'test', id, name: id, fun: 'nop' };
  return {
    ...parts,
    chunk: toValue(chunk) as Step['chunk'],
    tag: stepTag(parts),
    sls: 's',
    saltenv: 'base',
    order: 0,
    span: undefined,
    argumentSpans: new Map(),
    ...more,
  };
}

const requiring = (...ids: readonly string[]): Plain => ids.map((id) => ({ test: id }));

function graphOf(...steps: readonly Step[]): RequisiteGraph {
  return createRequisiteGraph(steps, { disabled: new Set(), hasOnWatch: () => true });
}

function idsOf(steps: readonly Step[]): string {
  return steps.map(({ id }) => id).join(' ');
}

describe('references', () => {
  const a = step('a', {}, { name: '/srv/a' });
  const b = step('b', {}, { sls: 'web.tls' });
  const odd = step('/etc/foo[1]');
  const cases: readonly [title: string, reference: Plain, found: string][] = [
    ['an id', { test: 'a' }, 'a'],
    ['a name', { test: '/srv/a' }, 'a'],
    ['a bare id', 'b', 'b'],
    ['a glob over ids and names', { test: '/srv/*' }, 'a'],
    ['a name that looks like a glob', { test: '/etc/foo[1]' }, '/etc/foo[1]'],
    ['a file', { sls: 'web.tls' }, 'b'],
    ['a glob over files', { sls: 'web.*' }, 'b'],
    ['a type with a function', { 'test.nop': 'a' }, 'a'],
  ];
  test.each(cases)('go by %s', (_title, reference, found) => {
    const asking = step('asking', { require: [reference] }, { sls: 'other' });
    const graph = graphOf(a, b, odd, asking);
    expect(idsOf(graph.dependenciesOf(asking))).toBe(found);
  });

  test('that name nothing are lost, and then the others do not count', () => {
    const asking = step('asking', { require: [{ test: 'a' }, { pkg: 'a' }], onchanges: ['ghost'] });
    const { links, lost } = graphOf(a, asking).linksOf(asking);
    expect(links).toEqual([]);
    expect(lost.map(({ kind, type, target }) => [kind, type, target])).toEqual([
      ['require', 'pkg', 'a'],
      ['onchanges', 'id', 'ghost'],
    ]);
  });

  test('of a watch are a require for a step that cannot react', () => {
    const asking = step('asking', { watch: [{ test: 'b' }], require: [{ test: 'a' }] });
    const graph = createRequisiteGraph([a, b, asking], { disabled: new Set(), hasOnWatch: () => false });
    expect(graph.linksOf(asking).links).toEqual([{ kind: 'require', targets: [a, b] }]);
  });

  test('of a requisite that is switched off do not count', () => {
    const asking = step('asking', { require: [{ test: 'ghost' }] });
    const graph = createRequisiteGraph([asking], { disabled: new Set(['require']), hasOnWatch: () => true });
    expect(graph.linksOf(asking)).toEqual({ step: asking, links: [], lost: [] });
  });
});

describe('the order of a run', () => {
  test('puts what is required first, whatever the order says', () => {
    const steps = [step('a', { require: requiring('c') }), step('b'), step('c', { require: requiring('b') })];
    expect(idsOf(planRunOrder(graphOf(...steps)))).toBe('b c a');
  });

  test('puts a step with a prereq before its target, and before it what the target depends on', () => {
    const steps = [
      step('target', { require: requiring('base') }),
      step('drain', { prereq: requiring('target') }),
      step('base'),
    ];
    expect(idsOf(planRunOrder(graphOf(...steps)))).toBe('base drain target');
  });

  test('lets steps that look at the same target run as they stand', () => {
    const steps = [
      step('base'),
      step('third', { prereq: requiring('one', 'two') }),
      step('first', { prereq: requiring('one') }),
      step('one', { require: requiring('base') }),
      step('second', { prereq: requiring('two') }),
      step('two'),
    ];
    expect(idsOf(planRunOrder(graphOf(...steps)))).toBe('base third first one second two');
  });

  test('puts what a step requires before what its looks need', () => {
    const steps = [
      step('asking', { prereq: requiring('target'), require: requiring('own') }),
      step('target', { require: requiring('needed') }),
      step('needed'),
      step('own'),
    ];
    expect(idsOf(planRunOrder(graphOf(...steps)))).toBe('own needed asking target');
  });

  test('lets a target of a prereq depend on the step that looks at it', () => {
    const steps = [
      step('drain', { prereq: requiring('target') }),
      step('between', { require: requiring('drain') }),
      step('target', { require: requiring('between', 'drain') }),
    ];
    expect(idsOf(planRunOrder(graphOf(...steps)))).toBe('drain between target');
  });

  test('is that of the wanted steps and what they depend on', () => {
    const steps = [step('a'), step('b', { require: requiring('c') }), step('c')];
    const graph = graphOf(...steps);
    expect(idsOf(planRunOrder(graph, steps.slice(1, 2)))).toBe('c b');
  });

  test('respects every requisite of every graph without circles', () => {
    const kinds = fc.constantFrom('require', 'watch', 'onchanges', 'onfail', 'prereq', 'require_any');
    const edge = fc.record({ from: fc.nat(11), to: fc.nat(11), kind: kinds });
    fc.assert(
      fc.property(
        fc.array(edge, { maxLength: 40 }),
        fc.shuffledSubarray([...Array(12).keys()], { minLength: 12 }),
        (edges, rank) => {
          const chunks = rank.map((): Record<string, Plain[]> => ({}));
          // Ranks make the edges go one way; a prereq goes the other way round.
          for (const { from, to, kind } of edges) {
            const [low, high] = (rank[from] ?? 0) < (rank[to] ?? 0) ? [from, to] : [to, from];
            const [asking, target] = kind === 'prereq' ? [low, high] : [high, low];
            if (asking === target) continue;
            const chunk = chunks[asking] ?? {};
            chunk[kind] = [...(chunk[kind] ?? []), { test: `s${target}` }];
          }
          const steps = chunks.map((chunk, index) => step(`s${index}`, chunk));
          const graph = graphOf(...steps);
          const order = planRunOrder(graph);
          const position = new Map(order.map((one, index) => [one, index]));
          expect(new Set(order)).toEqual(new Set(steps));
          for (const one of steps) {
            for (const target of graph.dependenciesOf(one)) {
              expect(position.get(target)).toBeLessThan(position.get(one) ?? -1);
            }
          }
          expect(findCycles(graph)).toEqual([]);
        },
      ),
    );
  });

  test('of a chain of ten thousand steps needs no deep stack', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) =>
      step(`s${index}`, { require: index === 9_999 ? [] : requiring(`s${index + 1}`) }),
    );
    const graph = graphOf(...chain);
    expect(planRunOrder(graph).map(({ id }) => id)).toEqual(chain.map(({ id }) => id).reverse());
    expect(findCycles(graph)).toEqual([]);
  });
});

describe('circles', () => {
  test('are found at any length, each once', () => {
    const steps = [
      step('a', { require: requiring('b') }),
      step('b', { onchanges: requiring('c') }),
      step('c', { watch: requiring('a') }),
      step('d', { require: requiring('d') }),
      step('e', { require: requiring('a') }),
    ];
    expect(findCycles(graphOf(...steps)).map(idsOf)).toEqual(['a b c', 'd']);
  });

  test('form when two steps have each other as prereq', () => {
    const steps = [step('a', { prereq: requiring('b') }), step('b', { prereq: requiring('a') })];
    expect(findCycles(graphOf(...steps)).map(idsOf)).toEqual(['a b']);
  });

  test('are told as the chain of their steps with files and lines', () => {
    const at = (line: number): Partial<Step> => ({ span: { file: 's.sls', line, column: 1 } });
    const cycle = [step('egg', {}, at(1)), step('chicken', {}, at(5))];
    expect(cycleProblem(cycle)).toEqual({
      severity: 'error',
      code: 'requisite-recursive',
      summary:
        'A recursive requisite was found, SLS "s" ID "egg" ID "chicken": test: egg (s.sls:1:1) -> test: chicken (s.sls:5:1) -> test: egg (s.sls:1:1)',
      help: 'remove one of these requisites',
      span: { file: 's.sls', line: 1, column: 1 },
    });
  });
});
