import { flag, lineText, number, optional, withDefault } from '../../kit/index.ts';

/** The arguments `service.running` and `service.dead` share. */
export const serviceArguments = {
  name: lineText().describe('Name of the service.'),
  enable: optional(flag()).describe('Whether the service starts at boot; left as it is unless given.'),
  sig: optional(lineText()).describe('Text in the command line of the process by which it is found.'),
  init_delay: optional(number()).describe('Seconds to wait before looking whether it worked.'),
  unmask: withDefault(flag(), false).describe('Whether a masked service is unmasked first.'),
  unmask_runtime: withDefault(flag(), false).describe('Whether unmask means the runtime mask.'),
  no_block: withDefault(flag(), false).describe('Accepted for compatibility; the state always waits.'),
};
