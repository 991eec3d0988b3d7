import { isDict, type Dict, type Value } from '@brine/common';
import {
  bindStateArguments,
  findArgumentFaults,
  findDoubts,
  secretTexts,
  type Host,
  type ModuleContext,
  type ModuleTable,
  type StateContext,
  type StateDeclaration,
} from '@brine/modules/kit';
import {
  functionArguments,
  type ArgumentFault,
  type BoundOutcome,
  type StateDescription,
  type StateLibrary,
  type Step,
  type StepContext,
} from '@brine/sls';
import { stoppableFiles } from './stoppable-files.ts';
import { stoppableHost } from './stoppable-host.ts';

/** What the state functions work with. */
export interface StateLibraryParts {
  readonly table: Pick<ModuleTable, 'states'>;
  readonly host: Host;
  /** What a module gets beside what the step's own context holds. */
  moduleContext(step: Step, context: StepContext): ModuleContext;
  /** Has a text hidden from now on wherever the run is told of. */
  keepSecret?(text: string): Promise<void>;
}

/** The built-in states as the state engine calls them, with the host bound into what they want to change. */
export function createStateLibrary(parts: StateLibraryParts): StateLibrary {
  const { table } = parts;

  async function find(name: string): Promise<StateDeclaration | undefined> {
    return Object.hasOwn(table.states, name) ? table.states[name]?.() : undefined;
  }

  async function look(which: 'check' | 'onWatch', step: Step, context: StepContext): Promise<BoundOutcome> {
    const name = `${step.state}.${step.fun}`;
    const declaration = await find(name);
    const ask = declaration?.[which];
    // The engine describes a function before it runs one.
    if (declaration === undefined || ask === undefined)
      return { kind: 'fail', comment: `State '${name}' was not found` };
    const given = functionArguments(step.chunk, describe(declaration));
    await hideSecrets(declaration, given, parts);
    const { args, unknown } = bindStateArguments(declaration, given);
    const host = stoppableHost(parts.host, context.signal);
    const stateContext = toStateContext({ ...parts, host }, step, context, unknown);
    if (which === 'check') warnOfDoubts(declaration, step, stateContext);
    const outcome = await underMask(context.umask, () => ask.call(declaration, args, stateContext));
    if (outcome.kind !== 'change') return outcome;
    const { pending, foretell, apply } = outcome;
    return {
      kind: 'change',
      pending,
      ...(foretell && { foretell }),
      apply: () => underMask(context.umask, () => apply(host)),
    };
  }

  return {
    names: () => Object.keys(table.states).toSorted(),
    describe: async (name) => {
      const declaration = await find(name);
      if (declaration === undefined) return undefined;
      return describe(declaration);
    },
    validate: async (step) => {
      const declaration = await find(`${step.state}.${step.fun}`);
      if (declaration === undefined) return [];
      await hideSecrets(declaration, functionArguments(step.chunk, describe(declaration)), parts);
      return validate(step, declaration);
    },
    check: (step, context) => look('check', step, context),
    onWatch: (step, context) => look('onWatch', step, context),
  };
}

/** Salt says nothing of these either in what it returns. */
function warnOfDoubts(declaration: StateDeclaration, step: Step, { log, unknownArguments }: StateContext): void {
  for (const { argument, summary, help } of findDoubts(declaration, unknownArguments)) {
    const span = step.argumentSpans.get(argument) ?? step.span;
    const place = span === undefined ? {} : { file: span.file, line: span.line };
    log.warn('a state was given an argument that it does not have', {
      id: step.id,
      problem: `${summary}; ${help}`,
      ...place,
    });
  }
}

function describe(declaration: StateDeclaration): StateDescription {
  return {
    argumentNames: Object.keys(declaration.args.shape),
    acceptsUnknown: declaration.acceptsUnknown === true,
    hasOnWatch: declaration.onWatch !== undefined,
  };
}

async function hideSecrets({ args }: StateDeclaration, given: Dict, parts: StateLibraryParts): Promise<void> {
  for (const text of secretTexts(args, given)) if (!hasSlot(text)) await parts.keepSecret?.(text);
}

function validate({ chunk }: Step, declaration: StateDeclaration): readonly ArgumentFault[] {
  const given = functionArguments(chunk, describe(declaration));
  // What a slot will give is known when the step runs, not before.
  return findArgumentFaults(declaration, given).filter(({ argument }) => !hasSlot(given.get(argument)));
}

function hasSlot(value: Value | undefined): boolean {
  if (typeof value === 'string') return value.startsWith('__slot__:');
  if (Array.isArray(value)) return value.some(hasSlot);
  return isDict(value) && [...value.values()].some(hasSlot);
}

function toStateContext(parts: StateLibraryParts, step: Step, context: StepContext, unknown: Dict): StateContext {
  const module = parts.moduleContext(step, context);
  return {
    ...module,
    fileServer: stoppableFiles(module.fileServer, context.signal),
    grains: context.grains,
    pillar: context.pillar,
    options: context.options,
    signal: context.signal,
    memory: context.memory,
    host: parts.host,
    step: { id: step.id, sls: step.sls ?? '', saltenv: step.saltenv, function: `${step.state}.${step.fun}` },
    accumulated: context.accumulated,
    unknownArguments: unknown,
    requiredSteps: context.requiredSteps.map(({ chunk }) => chunk),
    dependentSteps: () => context.dependentSteps().map(({ chunk }) => chunk),
    firedBy: context.firedBy,
  };
}

/** The mask is the process's: steps that set one do not run beside others. */
async function underMask<Result>(umask: number | undefined, work: () => Promise<Result>): Promise<Result> {
  if (umask === undefined) return work();
  const before = process.umask(umask);
  try {
    return await work();
  } finally {
    process.umask(before);
  }
}
