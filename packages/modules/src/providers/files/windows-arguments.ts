import { anyValue, optional } from '../../kit/index.ts';

const meaningless = optional(anyValue()).describe('Accepted for Salt; it means something on Windows only.');

/** Arguments that trees for several systems give, and that mean nothing on Linux, as in Salt. */
export const windowsArguments = {
  win_owner: meaningless,
  win_perms: meaningless,
  win_deny_perms: meaningless,
  win_inheritance: meaningless,
};
