import { passedOn, stateFunction } from './state-function.ts';

const mods = passedOn('Names or globs of SLS files; what the top file gives unless given.');

export const check = stateFunction({
  kind: 'check',
  summary: 'Finds mistakes in state files without touching the machine; fails when there are errors.',
  args: { mods },
  examples: ["'*' state.check", "'*' state.check webserver,users", "'*' state.check '*' saltenv=dev"],
});

export const showGraph = stateFunction({
  kind: 'show_graph',
  summary: 'The states in the order of their run, and the requisites among them.',
  args: {
    mods,
    format: passedOn('`text`, `dot` (for Graphviz) or `json` (data for `--out=json`); `text` unless given.'),
  },
  examples: ["'*' state.show_graph", "'*' state.show_graph webserver format=dot"],
});
