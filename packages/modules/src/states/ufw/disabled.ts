import { ufwTurnState } from '../../providers/firewall/ufw-turn-state.ts';

/** `ufw.disabled` */
export const disabled = ufwTurnState({
  function: 'disabled',
  words: ['disable'],
  summary: 'Keeps the firewall down, now and after a restart.',
});
