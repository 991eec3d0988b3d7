import { ufwRuleState } from '../../providers/firewall/ufw-rule-state.ts';

/** `ufw.limit` */
export const limit = ufwRuleState({
  function: 'limit',
  action: 'limit',
  summary: 'Keeps a rule that lets packets in from those who did not connect six times within 30 seconds.',
});
