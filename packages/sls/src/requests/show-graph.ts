import { formatSpan, pythonRepr, type Dict, type Value, type StateAnswer } from '@brine/common';
import type { Step } from '../compile/step.ts';
import { createRequisiteGraph, type RequisiteGraph } from '../requisites/requisite-graph.ts';
import { planRunOrder } from '../requisites/run-order.ts';
import { readListenings } from '../run/find-listeners.ts';
import { compileWanted } from './compile-wanted.ts';
import { refused } from './request-arguments.ts';
import { compileErrors, type RunSetup } from './run-setup.ts';
import { compileOptions } from './run-requests.ts';

/** One requisite between two steps, by their places in the run. */
interface Edge {
  /** The step that has the requisite. */
  readonly from: number;
  readonly to: number;
  readonly kind: string;
}

interface ShownGraph {
  /** In the order of the run. */
  readonly steps: readonly Step[];
  readonly edges: readonly Edge[];
}

type Format = (graph: ShownGraph) => Value;

const formats: ReadonlyMap<string, Format> = new Map<string, Format>([
  ['text', toText],
  ['dot', toDot],
  ['json', toData],
]);

/** `state.show_graph`: the steps in the order of their run, and the requisites among them. */
export async function showGraph(setup: RunSetup): Promise<StateAnswer> {
  const wanted = setup.arguments.get('format') ?? 'text';
  const format = typeof wanted === 'string' ? formats.get(wanted) : undefined;
  if (format === undefined) throw refused(`format must be one of text, dot and json, not ${pythonRepr(wanted)}`);
  const { compiled } = await compileWanted(setup);
  const errors = compileErrors(compiled.problems);
  if (errors !== undefined) return errors;
  const reading = { disabled: compileOptions(setup).disabledRequisites, hasOnWatch: () => true };
  return { value: format(readGraph(createRequisiteGraph(compiled.steps, reading))), retcode: 0 };
}

function readGraph(graph: RequisiteGraph): ShownGraph {
  const steps = planRunOrder(graph);
  const places = new Map(steps.map((step, index) => [step, index]));
  const edges: Edge[] = [];
  const add = (from: Step, to: Step, kind: string): void => {
    const [first, second] = [places.get(from), places.get(to)];
    if (first !== undefined && second !== undefined) edges.push({ from: first, to: second, kind });
  };
  for (const step of steps) {
    for (const { kind, targets } of graph.linksOf(step).links) {
      // The other side of a prereq, which shows it already.
      if (kind === 'prerequired') continue;
      for (const target of targets) add(step, target, kind);
    }
  }
  for (const { listener, heard } of readListenings(steps).pairs) {
    for (const step of heard) add(listener, step, 'listen');
  }
  return { steps, edges };
}

function toText({ steps, edges }: ShownGraph): string {
  const width = String(steps.length).length;
  const bySource = steps.map((): Edge[] => []);
  for (const edge of edges) bySource[edge.from]?.push(edge);
  const lines = steps.flatMap((step, index) => {
    const place = step.span === undefined ? '' : ` (${formatSpan(step.span)})`;
    const own = `${String(index + 1).padStart(width)} ${stepTitle(step)}${place}`;
    const requisites = (bySource[index] ?? []).map(({ to, kind }) => {
      return `${' '.repeat(width + 3)}${kind} ${to + 1} ${titleAt(steps, to)}`;
    });
    return [own, ...requisites];
  });
  return lines.join('\n');
}

function toDot({ steps, edges }: ShownGraph): string {
  const nodes = steps.map((step, index) => `  s${index + 1} [label=${quote(stepTitle(step))}];`);
  const arrows = edges.map(({ from, to, kind }) => `  s${from + 1} -> s${to + 1} [label=${quote(kind)}];`);
  return ['digraph states {', '  rankdir=RL;', '  node [shape=box];', ...nodes, ...arrows, '}'].join('\n');
}

function quote(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}

function toData({ steps, edges }: ShownGraph): Dict {
  const nodes = steps.map((step, index): Value => {
    const node: Dict = new Map<Value, Value>([
      ['number', index + 1],
      ['tag', step.tag],
      ['id', step.id],
      ['name', step.name],
      ['function', `${step.state}.${step.fun}`],
      ['sls', step.sls ?? null],
      ['saltenv', step.saltenv],
    ]);
    if (step.span !== undefined) node.set('file', step.span.file).set('line', step.span.line);
    return node;
  });
  const links = edges.map(({ from, to, kind }): Value => {
    return new Map<Value, Value>([
      ['from', from + 1],
      ['to', to + 1],
      ['kind', kind],
    ]);
  });
  return new Map<Value, Value>([
    ['nodes', nodes],
    ['edges', links],
  ]);
}

function titleAt(steps: readonly Step[], index: number): string {
  const step = steps[index];
  return step === undefined ? '' : stepTitle(step);
}

function stepTitle({ state, fun, id, name }: Step): string {
  return `${state}.${fun}: ${id}${name === id ? '' : ` [${name}]`}`;
}
