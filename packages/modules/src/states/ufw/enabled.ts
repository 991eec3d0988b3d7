import { ufwTurnState } from '../../providers/firewall/ufw-turn-state.ts';

/** `ufw.enabled` */
export const enabled = ufwTurnState({
  function: 'enabled',
  words: ['--force', 'enable'],
  summary: 'Keeps the firewall up, now and after a restart. Allow what you reach the machine by first.',
});
