import { ufwPolicyState } from '../../providers/firewall/ufw-policy-state.ts';

/** `ufw.default_outgoing` */
export const defaultOutgoing = ufwPolicyState(
  'outgoing',
  'Keeps what becomes of packets that go out and no rule is for.',
);
