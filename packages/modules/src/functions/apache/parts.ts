import { z } from 'zod';
import { defineFunction } from '../../kit/define-function.ts';
import { apacheConf, apacheModule, apacheSite, isEnabled, type ApachePart } from '../../providers/apache/toggle.ts';
import { runProgram } from '../run-program.ts';
import { safeName } from '../safe-name.ts';

interface Part {
  readonly part: ApachePart;
  /** As answers name it: `Mod`. */
  readonly title: string;
  /** The argument: `mod`. */
  readonly member: string;
  readonly sample: string;
}

const site: Part = { part: apacheSite, title: 'Site', member: 'site', sample: 'example.com' };
const mod: Part = { part: apacheModule, title: 'Mod', member: 'mod', sample: 'status' };
const conf: Part = { part: apacheConf, title: 'Conf', member: 'conf', sample: 'security' };

export const checkSiteEnabled = checkFunction(site);
export const checkModEnabled = checkFunction(mod);
export const checkConfEnabled = checkFunction(conf);
export const a2ensite = toggleFunction(site, true);
export const a2dissite = toggleFunction(site, false);
export const a2enmod = toggleFunction(mod, true);
export const a2dismod = toggleFunction(mod, false);
export const a2enconf = toggleFunction(conf, true);
export const a2disconf = toggleFunction(conf, false);

function nameOf(what: string) {
  return safeName(`the name of a ${what}`)
    .refine((name) => /^[\w.][\w.+-]*$/.test(name), `must be the name of a ${what}`)
    .describe(`Name of the ${what}.`);
}

function checkFunction({ part, member, sample }: Part) {
  return defineFunction({
    name: `apache.check_${member}_enabled`,
    summary: `Whether a ${part.title} is enabled.`,
    args: z.object({ [member]: nameOf(part.title) }),
    examples: [`'*' apache.check_${member}_enabled ${sample}`],
    run: (args, { host }) => isEnabled(part, String(args[member]), host),
  });
}

function toggleFunction({ part, title, member, sample }: Part, isWanted: boolean) {
  const [verb, word] = isWanted ? ['Enable', 'enabled'] : ['Disable', 'disabled'];
  const program = `a2${isWanted ? 'en' : 'dis'}${part.word}`;
  return defineFunction({
    name: `apache.${program}`,
    summary: `${verb}s a ${part.title} and answers how that ended.`,
    args: z.object({ [member]: nameOf(part.title) }),
    examples: [`'*' apache.${program} ${sample}`],
    async run(args, context) {
      const name = String(args[member]);
      const { exitCode } = await runProgram(context, [program, name], { timeout: 300_000 });
      if (exitCode !== 0) context.setRetcode(exitCode);
      const isMissing = isWanted ? exitCode === 1 : exitCode === 256;
      const status = exitCode === 0 ? `${title} ${name} ${word}` : isMissing ? `${title} ${name} Not found` : exitCode;
      return { Name: `Apache2 ${verb} ${title}`, [title]: name, Status: status };
    },
  });
}
