import { passedOn, stateFunction } from './state-function.ts';

const mods = passedOn('Names of SLS files: a list, or one text with commas.');

export const showHighstate = stateFunction({
  kind: 'show_highstate',
  summary: 'The high data of the highstate.',
  args: {},
  examples: ["'*' state.show_highstate"],
});

export const showLowstate = stateFunction({
  kind: 'show_lowstate',
  summary: 'The low chunks of the highstate, in the order they would run.',
  args: {},
  examples: ["'*' state.show_lowstate"],
});

export const showSls = stateFunction({
  kind: 'show_sls',
  summary: 'The high data of SLS files.',
  args: { mods },
  examples: ["'*' state.show_sls core,edit.vim saltenv=dev"],
});

export const showLowSls = stateFunction({
  kind: 'show_low_sls',
  summary: 'The low chunks of SLS files.',
  args: { mods },
  examples: ["'*' state.show_low_sls foo"],
});

export const showStates = stateFunction({
  kind: 'show_states',
  summary: 'The names of the SLS files of the highstate, in the order in which their states run.',
  args: { sorted: passedOn('Accepted for Salt: the order is always that of the run.') },
  examples: ["'*' state.show_states"],
});

export const showTop = stateFunction({
  kind: 'show_top',
  summary: 'What the top file gives this minion, by environment.',
  args: {},
  examples: ["'*' state.show_top"],
});

export const showStateUsage = stateFunction({
  kind: 'show_state_usage',
  summary: 'Which SLS files the highstate uses and which it does not, by environment.',
  args: {},
  examples: ["'*' state.show_state_usage"],
});

export const slsExists = stateFunction({
  kind: 'sls_exists',
  summary: 'Whether SLS files exist.',
  args: { mods },
  examples: ["'*' state.sls_exists core,edit.vim saltenv=dev"],
});

export const idExists = stateFunction({
  kind: 'id_exists',
  summary: 'Whether state ids exist in SLS files.',
  args: { ids: passedOn('The ids: a list, or one text with commas.'), mods },
  examples: ["'*' state.id_exists create_myfile,update_template filestate saltenv=dev"],
});
