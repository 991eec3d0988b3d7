import { dumpYaml, toValue, type Plain } from '@brine/common';
import { createStateWorld, type StateWorld, type WorldResult } from '@brine/testkit';
import fc from 'fast-check';
import { expect, test } from 'vitest';

const stepCount = 8;

interface GeneratedStep {
  readonly fun: string;
  readonly links: readonly { readonly kind: string; readonly target: number }[];
}

const kinds = fc.constantFrom(
  'require',
  'require_any',
  'watch',
  'watch_any',
  'onchanges',
  'onchanges_any',
  'listen',
  'prereq',
);
const funs = fc.constantFrom('set', 'set', 'settled', 'wait', 'still', 'fail');
const generated = fc.array(
  fc.record({
    fun: funs,
    links: fc.array(fc.record({ kind: kinds, target: fc.nat(stepCount - 1) }), { maxLength: 3 }),
  }),
  { minLength: stepCount, maxLength: stepCount },
);

/** A file of steps that link only to earlier ones, or by `prereq` only to later ones: without circles. */
function write(steps: readonly GeneratedStep[]): string {
  const file: Record<string, Plain> = {};
  for (const [index, { fun, links }] of steps.entries()) {
    const args: Record<string, Plain>[] = fun.startsWith('set') ? [{ value: 'new' }] : [];
    for (const { kind, target } of links) {
      const isForward = kind === 'prereq';
      if (isForward ? target > index : target < index) args.push({ [kind]: [{ world: `s${target}` }] });
    }
    // One argument of a kind: the compiler keeps the last of several.
    const byKind = new Map(args.map((argument) => [Object.keys(argument)[0], argument]));
    file[`s${index}`] = { [`world.${fun === 'settled' ? 'set' : fun}`]: [...byKind.values()] };
  }
  return dumpYaml(toValue(file));
}

function createWorld(steps: readonly GeneratedStep[], settings: Readonly<Record<string, string>>): StateWorld {
  return createStateWorld({ files: { 'base/s.sls': write(steps) }, settings });
}

function settled(steps: readonly GeneratedStep[]): Record<string, string> {
  return Object.fromEntries(steps.flatMap(({ fun }, index) => (fun === 'settled' ? [[`s${index}`, 'new']] : [])));
}

function byId(results: readonly WorldResult[]): Map<unknown, WorldResult> {
  return new Map(results.map((result) => [result.id, result]));
}

test('a dry run changes nothing', async () => {
  await fc.assert(
    fc.asyncProperty(generated, async (steps) => {
      const world = createWorld(steps, settled(steps));
      const before = new Map(world.settings);
      await world.apply('s', { test: true });
      expect([world.settings, world.trace]).toEqual([before, []]);
    }),
  );
});

test('what a dry run foretells is what the run does', async () => {
  await fc.assert(
    fc.asyncProperty(generated, async (steps) => {
      const world = createWorld(steps, settled(steps));
      const foretold = await world.apply('s', { test: true });
      const done = await world.apply('s');
      const shape = (results: readonly WorldResult[]): unknown[] =>
        results.map(({ id, result, changes, run }) => [id, result ?? true, changes, run]);
      expect(shape(done)).toEqual(shape(foretold));
    }),
    { numRuns: 300 },
  );
});

test('a second run changes nothing', async () => {
  const settling = generated.map((steps) =>
    steps.map((step) => ({ ...step, fun: step.fun === 'fail' ? 'still' : step.fun })),
  );
  await fc.assert(
    fc.asyncProperty(settling, async (steps) => {
      const world = createWorld(steps, settled(steps));
      await world.apply('s');
      const again = await world.apply('s');
      const ordinary = again.filter(({ changes }) => Object.keys(changes as object).length > 0);
      expect(ordinary).toEqual([]);
    }),
  );
});

test('failures go exactly where requisites carry them', async () => {
  await fc.assert(
    fc.asyncProperty(generated, async (steps) => {
      const onlyRequire = steps.map(({ fun, links }) => ({
        fun,
        links: links.filter(({ kind }) => kind === 'require').slice(0, 1),
      }));
      const results = byId(await createWorld(onlyRequire, settled(steps)).apply('s'));
      for (const [index, { fun, links }] of onlyRequire.entries()) {
        const failed = links.filter(({ target }) => target < index && results.get(`s${target}`)?.result === false);
        const own = results.get(`s${index}`);
        expect(own?.result).toBe(failed.length === 0 && fun !== 'fail');
        const told = failed.map(({ target }) => `One or more requisite failed: s.s${target}`);
        expect([own?.comment]).toEqual(told.length > 0 ? told : [own?.comment]);
      }
    }),
  );
});

const carriers = fc.constantFrom(
  'require',
  'require_any',
  'watch',
  'watch_any',
  'onchanges',
  'onchanges_any',
  'onfail',
  'onfail_any',
  'onfail_all',
);

/** Each step has one kind of requisite, on up to three earlier steps. */
const carrying = fc.array(
  fc.record({
    fun: fc.constantFrom('set', 'settled', 'still', 'fail'),
    kind: carriers,
    targets: fc.uniqueArray(fc.nat(stepCount - 1), { maxLength: 3 }),
  }),
  { minLength: stepCount, maxLength: stepCount },
);

interface Fate {
  readonly result: boolean;
  readonly isChanged: boolean;
  /** Held back by its own `onchanges` or `onfail`. */
  readonly rests: boolean;
}

type Verdict = 'runs' | 'fails' | 'rests';

const hasFailed = (targets: readonly Fate[]): boolean => targets.some(({ result }) => !result);
const hasSucceeded = (targets: readonly Fate[]): boolean => targets.some(({ result, rests }) => result && !rests);
const hasChanged = (targets: readonly Fate[]): boolean => targets.some(({ result, isChanged }) => result && isChanged);

const needsAll = (targets: readonly Fate[]): Verdict => (hasFailed(targets) ? 'fails' : 'runs');
const needsOne = (targets: readonly Fate[]): Verdict => (hasSucceeded(targets) ? 'runs' : needsAll(targets));
const onChange = (targets: readonly Fate[]): Verdict => (hasChanged(targets) ? 'runs' : 'rests');
const onFailure = (targets: readonly Fate[]): Verdict => (hasFailed(targets) ? 'runs' : 'rests');

/** What the documentation says of each kind, in so many words. */
const specified: Readonly<Record<string, (targets: readonly Fate[]) => Verdict>> = {
  require: needsAll,
  watch: needsAll,
  require_any: needsOne,
  watch_any: needsOne,
  onchanges: (targets) => (hasFailed(targets) ? 'fails' : onChange(targets)),
  onchanges_any: (targets) => (hasChanged(targets) || !hasFailed(targets) ? onChange(targets) : 'fails'),
  onfail: onFailure,
  onfail_any: onFailure,
  onfail_all: (targets) => (targets.every(({ result }) => !result) ? 'runs' : 'rests'),
};

interface CarryingStep {
  readonly fun: string;
  readonly kind: string;
  readonly targets: readonly number[];
}

function writeCarrying(steps: readonly CarryingStep[]): string {
  const file: Record<string, Plain> = {};
  for (const [index, { fun, kind, targets }] of steps.entries()) {
    const links = targets.map((target): Plain => ({ world: `s${target}` }));
    const requisite = links.length === 0 ? [] : [{ [kind]: links }];
    const value = fun.startsWith('set') ? [{ value: 'new' }] : [];
    file[`s${index}`] = { [`world.${fun === 'settled' ? 'set' : fun}`]: [...value, ...requisite] };
  }
  return dumpYaml(toValue(file));
}

function fateOf({ result, changes, comment }: WorldResult): Fate & { readonly verdict: string } {
  const rests = String(comment).startsWith('State was not run because');
  const fails = String(comment).startsWith('One or more requisite failed: ');
  const isChanged = Object.keys(changes as object).length > 0;
  return { result: result === true, isChanged, rests, verdict: rests ? 'rests' : fails ? 'fails' : 'runs' };
}

test('every kind of requisite carries failures and changes exactly as specified', async () => {
  await fc.assert(
    fc.asyncProperty(carrying, async (wanted) => {
      const steps = wanted.map((step, index) => ({
        ...step,
        targets: step.targets.filter((target) => target < index),
      }));
      const already = steps.flatMap(({ fun }, index) => (fun === 'settled' ? [[`s${index}`, 'new'] as const] : []));
      const settings = Object.fromEntries(already);
      const world = createStateWorld({ files: { 'base/s.sls': writeCarrying(steps) }, settings });
      const results = byId(await world.apply('s'));
      const fates = steps.flatMap((_, index) => {
        const own = results.get(`s${index}`);
        return own === undefined ? [] : [fateOf(own)];
      });
      expect(fates).toHaveLength(steps.length);
      for (const [index, { fun, kind, targets }] of steps.entries()) {
        const targeted = targets.flatMap((target) => fates[target] ?? []);
        const verdict = targets.length === 0 ? 'runs' : specified[kind]?.(targeted);
        expect([index, fates[index]?.verdict]).toEqual([index, verdict]);
        // A step whose watch fires answers as its reaction does.
        if (verdict === 'runs' && !kind.startsWith('watch')) expect(fates[index]?.result).toBe(fun !== 'fail');
      }
    }),
    { numRuns: 300 },
  );
});
