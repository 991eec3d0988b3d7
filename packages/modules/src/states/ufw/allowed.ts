import { ufwRuleState } from '../../providers/firewall/ufw-rule-state.ts';

/** `ufw.allowed` */
export const allowed = ufwRuleState({
  function: 'allowed',
  action: 'allow',
  summary: 'Keeps a rule that lets packets in: `ufw.allow` by its older name.',
});
