// The share of public repositories all of whose needs are met, out of test/reference/repositories.json: for each
// repository the names and arguments of Salt 3006's that its states and templates use and that make sense on Debian.
import { readFileSync } from 'node:fs';
import { jinjaNames } from '@brine/jinja';
import { functionTable, stateTable } from '@brine/modules';

const repositories = JSON.parse(readFileSync(new URL('repositories.json', import.meta.url), 'utf8'));
const jinja = Object.fromEntries(Object.entries(jinjaNames()).map(([kind, names]) => [kind, new Set(names)]));

async function argumentsOf(state) {
  return Object.hasOwn(stateTable, state) ? Object.keys((await stateTable[state]()).args.shape) : undefined;
}

async function missingStates(states) {
  const missing = [];
  for (const [state, used] of Object.entries(states)) {
    const known = await argumentsOf(state);
    if (known === undefined) missing.push(state);
    else missing.push(...used.filter((name) => !known.includes(name)).map((name) => `${state} ${name}`));
  }
  return missing;
}

const lacking = (names, isThere) => names.filter((name) => !isThere(name));

async function missingOf(needs, { isEngineKeyword, grains }) {
  return {
    states: await missingStates(needs.states),
    functions: lacking(needs.functions, (name) => Object.hasOwn(functionTable, name)),
    requisites: lacking(needs.requisites, isEngineKeyword),
    jinja: ['filters', 'tests', 'globals'].flatMap((kind) => lacking(needs[kind], (name) => jinja[kind].has(name))),
    grains: lacking(needs.grains, (name) => grains.has(name)),
  };
}

const titles = {
  states: 'state functions and their arguments',
  functions: 'execution functions',
  requisites: 'requisites and global arguments',
  jinja: 'Jinja filters, tests and functions',
  grains: 'grains',
};

/** The section about repositories; `isEngineKeyword` and `grains` say what is there of these kinds. */
export async function repositoryShare(known) {
  const rows = [];
  for (const [name, needs] of Object.entries(repositories)) rows.push({ name, missing: await missingOf(needs, known) });
  const share = (isMet) =>
    `${rows.filter(isMet).length} (${Math.floor((rows.filter(isMet).length / rows.length) * 100)} %)`;
  const all = ({ missing }) => Object.values(missing).flat();
  return [
    '## Repositories whose needs are all met\n',
    `The same question asked of ${rows.length} public repositories one by one, for which the names were kept: formulas and trees, files of`,
    'states and templates, both branches of every condition. Names of modules that a repository ships itself in Python do not count, nor',
    'do names for Windows, macOS, BSD, Gentoo and RedHat alone.\n',
    '| need | repositories with all of it met |',
    '| --- | ---: |',
    ...Object.entries(titles).map(
      ([kind, title]) => `| ${title} | ${share(({ missing }) => missing[kind].length === 0)} |`,
    ),
    `| **all together** | **${share((row) => all(row).length === 0)}** |`,
    '',
    'What the others miss:\n',
    '| repository | missing |',
    '| --- | --- |',
    ...rows
      .filter((row) => all(row).length > 0)
      .map(
        (row) =>
          `| ${row.name} | ${all(row)
            .map((name) => `\`${name}\``)
            .join(', ')} |`,
      ),
    '',
  ].join('\n');
}
