import { ufwPolicyState } from '../../providers/firewall/ufw-policy-state.ts';

/** `ufw.default_incoming` */
export const defaultIncoming = ufwPolicyState(
  'incoming',
  'Keeps what becomes of packets that come in and no rule is for.',
);
