import { controlFunction, passedOn, stateFunction } from './state-function.ts';

const name = passedOn('The name of the request; `default` unless given.');

export const request = stateFunction({
  kind: 'request',
  summary: 'Foretells a run and keeps it, for an administrator of the machine to start with `state.run_request`.',
  args: { mods: passedOn('Names of SLS files: a list, or one text with commas; the highstate unless given.'), name },
  examples: ["'*' state.request", "'*' state.request stuff,pkgs"],
  outputter: 'highstate',
});

export const runRequest = stateFunction({
  kind: 'run_request',
  summary: 'Starts the run that `state.request` kept, and forgets the request.',
  args: { name },
  examples: ["'*' state.run_request"],
  outputter: 'highstate',
});

export const checkRequest = controlFunction({
  kind: 'check_request',
  summary: 'What `state.request` keeps: the foretold run, its SLS files and arguments.',
  args: { name: passedOn('The name of one request.') },
  examples: ["'*' state.check_request"],
});

export const clearRequest = controlFunction({
  kind: 'clear_request',
  summary: 'Forgets what `state.request` keeps.',
  args: { name: passedOn('The name of one request; all of them unless given.') },
  examples: ["'*' state.clear_request"],
});
