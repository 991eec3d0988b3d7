import { controlFunction, passedOn } from './state-function.ts';

const jid = passedOn('The job id of the run, as `state.running` tells it.');
const stateId = passedOn('The state id to stop at; the next step unless given.');

export const pause = controlFunction({
  kind: 'pause',
  summary: 'Holds a state run before a step, until `state.resume` or for some seconds.',
  args: { jid, state_id: stateId, duration: passedOn('Seconds to hold it.') },
  examples: [
    "'*' state.pause 20171130110407769519",
    "'*' state.pause 20171130110407769519 vim",
    "'*' state.pause 20171130110407769519 vim 20",
  ],
});

export const resume = controlFunction({
  kind: 'resume',
  summary: 'Lets a state run go on that `state.pause` holds.',
  args: { jid, state_id: passedOn('The state id it is held at; all of them unless given.') },
  examples: ["'*' state.resume 20171130110407769519", "'*' state.resume 20171130110407769519 vim"],
});

export const softKill = controlFunction({
  kind: 'soft_kill',
  summary: 'Ends a state run before a step, with the returns of the steps that ran.',
  args: { jid, state_id: stateId },
  examples: ["'*' state.soft_kill 20171130110407769519", "'*' state.soft_kill 20171130110407769519 vim"],
});

export const getPauses = controlFunction({
  kind: 'get_pauses',
  summary: 'Where state runs are held or will end, by job id.',
  args: { jid: passedOn('The job id of one run.') },
  examples: ["'*' state.get_pauses", "'*' state.get_pauses 20171130110407769519"],
});
