import { ufwRuleState } from '../../providers/firewall/ufw-rule-state.ts';

/** `ufw.allow` */
export const allow = ufwRuleState({
  function: 'allow',
  action: 'allow',
  summary: 'Keeps a rule that lets packets in.',
});
