import { ufwRuleState } from '../../providers/firewall/ufw-rule-state.ts';

/** `ufw.deny` */
export const deny = ufwRuleState({
  function: 'deny',
  action: 'deny',
  insert: 1,
  summary: 'Keeps a rule that drops packets, before all others when it is new.',
});
