import { ufwRuleState } from '../../providers/firewall/ufw-rule-state.ts';

/** `ufw.reject` */
export const reject = ufwRuleState({
  function: 'reject',
  action: 'reject',
  insert: 1,
  summary: 'Keeps a rule that sends packets back, before all others when it is new.',
});
