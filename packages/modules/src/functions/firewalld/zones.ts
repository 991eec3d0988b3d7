import { z } from 'zod';
import { flag, lineText, operand, withDefault, type Argument } from '../../kit/arguments.ts';
import type { FunctionContext } from '../../kit/context.ts';
import { defineFunction } from '../../kit/define-function.ts';
import { firewallCmd, firewallWords, ofZone, permanent, zone, zoneOrDefault } from './firewall-cmd.ts';

interface Thing {
  /** Name of the argument. */
  readonly key: string;
  readonly what: Argument<string>;
  readonly sample: string;
}

/** Declares a function that changes something of a zone; `option` is that of firewall-cmd. */
function change(name: string, summary: string, { option, key, what, sample }: Thing & { readonly option: string }) {
  return defineFunction({
    name: `firewalld.${name}`,
    summary,
    args: z.object({ zone, ...({ [key]: what } as Record<string, Argument<string>>), permanent }),
    examples: [`'*' firewalld.${name} public ${sample}`],
    async run(args, context) {
      const { zone: name_, permanent: isPermanent, [key]: value } = args as Readonly<Record<string, unknown>>;
      return firewallCmd(context, [...ofZone(String(name_)), `--${option}=${String(value)}`], isPermanent === true);
    },
  });
}

const ofInterface = { key: 'interface', sample: 'eth0', what: operand().describe('Name of the interface.') };
const ofSource = { key: 'source', sample: '192.0.2.0/24', what: operand().describe('The network.') };
const ofRule = { key: 'rule', sample: "'rule family=ipv4 reject'", what: lineText().describe('The rule.') };

export const addInterface = change('add_interface', 'Puts an interface into a zone.', {
  option: 'add-interface',
  ...ofInterface,
});
export const removeInterface = change('remove_interface', 'Takes an interface out of a zone.', {
  option: 'remove-interface',
  ...ofInterface,
});
export const changeInterface = change('change_interface', 'Puts an interface that is in another zone into this one.', {
  option: 'change-interface',
  ...ofInterface,
});
export const addSource = change('add_source', 'Puts a network into a zone.', { option: 'add-source', ...ofSource });
export const removeSource = change('remove_source', 'Takes a network out of a zone.', {
  option: 'remove-source',
  ...ofSource,
});
export const addRichRule = change('add_rich_rule', 'Adds a rich rule to a zone.', {
  option: 'add-rich-rule',
  ...ofRule,
});
export const removeRichRule = change('remove_rich_rule', 'Takes a rich rule out of a zone.', {
  option: 'remove-rich-rule',
  ...ofRule,
});

const port = operand().describe('The port, as `443/tcp`.');
const isMasquerading = withDefault(flag(), false).describe('Also hide those behind the zone.');

export const addPort = defineFunction({
  name: 'firewalld.add_port',
  summary: 'Opens a port in a zone.',
  args: z.object({ zone, port, permanent, force_masquerade: isMasquerading }),
  examples: ["'*' firewalld.add_port internal 443/tcp"],
  async run(args, context) {
    // Firewalld answers with a warning where it is on already.
    if (args.force_masquerade) await firewallCmd(context, [...ofZone(args.zone), '--add-masquerade'], true);
    return firewallCmd(context, [...ofZone(args.zone), `--add-port=${args.port}`], args.permanent);
  },
});

export const removePort = change('remove_port', 'Closes a port in a zone.', {
  ...{ option: 'remove-port', key: 'port', sample: '443/tcp', what: port },
});

const service = operand().describe('The service.');

export const addService = defineFunction({
  name: 'firewalld.add_service',
  summary: 'Lets a service into a zone.',
  args: z.object({ service, zone: zoneOrDefault, permanent }),
  examples: ["'*' firewalld.add_service ssh", "'*' firewalld.add_service ssh my_zone"],
  run: async (args, context) =>
    firewallCmd(context, [...ofZone(args.zone), `--add-service=${args.service}`], args.permanent),
});

export const removeService = defineFunction({
  name: 'firewalld.remove_service',
  summary: 'Lets a service into a zone no more.',
  args: z.object({ service, zone: zoneOrDefault, permanent }),
  examples: ["'*' firewalld.remove_service ssh", "'*' firewalld.remove_service ssh my_zone"],
  run: async (args, context) =>
    firewallCmd(context, [...ofZone(args.zone), `--remove-service=${args.service}`], args.permanent),
});

export const addMasquerade = defineFunction({
  name: 'firewalld.add_masquerade',
  summary: 'Hides those behind a zone.',
  args: z.object({ zone: zoneOrDefault, permanent }),
  examples: ["'*' firewalld.add_masquerade", "'*' firewalld.add_masquerade dmz"],
  run: async (args, context) => firewallCmd(context, [...ofZone(args.zone), '--add-masquerade'], args.permanent),
});

export const removeMasquerade = defineFunction({
  name: 'firewalld.remove_masquerade',
  summary: 'Hides those behind a zone no more.',
  args: z.object({ zone: zoneOrDefault, permanent }),
  examples: ["'*' firewalld.remove_masquerade", "'*' firewalld.remove_masquerade dmz"],
  run: async (args, context) => firewallCmd(context, [...ofZone(args.zone), '--remove-masquerade'], args.permanent),
});

export const setDefaultZone = defineFunction({
  name: 'firewalld.set_default_zone',
  summary: 'Sets the zone for interfaces that are in none.',
  args: z.object({ zone }),
  examples: ["'*' firewalld.set_default_zone damian"],
  run: async (args, context) => firewallCmd(context, [`--set-default-zone=${args.zone}`]),
});

export const reloadRules = defineFunction({
  name: 'firewalld.reload_rules',
  summary: 'Has the firewall take over what is kept.',
  args: z.object({}),
  examples: ["'*' firewalld.reload_rules"],
  run: async (_args, context) => firewallCmd(context, ['--reload']),
});

/** Makes or deletes a zone or a service, and has the firewall take it over. */
async function manage(
  context: FunctionContext,
  option: string,
  { name, restarts }: { readonly name: string; readonly restarts: boolean },
): Promise<string> {
  const said = await firewallCmd(context, [`--${option}=${name}`], true);
  return restarts && said === 'success' ? firewallCmd(context, ['--reload']) : said;
}

const restart = withDefault(flag(), true).describe('Whether the firewall takes it over at once.');

const manageZone = (name: string, summary: string, option: string) =>
  defineFunction({
    name: `firewalld.${name}`,
    summary,
    args: z.object({ zone, restart }),
    examples: [`'*' firewalld.${name} my_zone`, `'*' firewalld.${name} my_zone False`],
    run: async (args, context) => manage(context, option, { name: args.zone, restarts: args.restart }),
  });

const manageService = (name: string, summary: string, option: string) =>
  defineFunction({
    name: `firewalld.${name}`,
    summary,
    args: z.object({ name: service, restart }),
    examples: [`'*' firewalld.${name} my_service`, `'*' firewalld.${name} my_service False`],
    run: async (args, context) => manage(context, option, { name: args.name, restarts: args.restart }),
  });

export const newZone = manageZone('new_zone', 'Makes a zone.', 'new-zone');
export const deleteZone = manageZone('delete_zone', 'Deletes a zone.', 'delete-zone');
export const newService = manageService('new_service', 'Makes a service.', 'new-service');
export const deleteService = manageService('delete_service', 'Deletes a service.', 'delete-service');

const ports = (name: string, summary: string, option: string) =>
  defineFunction({
    name: `firewalld.${name}`,
    summary,
    args: z.object({ service, port }),
    examples: [`'*' firewalld.${name} my_service 8080/tcp`],
    run: async (args, context) => firewallCmd(context, [`--service=${args.service}`, `--${option}=${args.port}`], true),
  });

export const addServicePort = ports('add_service_port', 'Adds a port to a service.', 'add-port');
export const removeServicePort = ports('remove_service_port', 'Takes a port from a service.', 'remove-port');

export const getServicePorts = defineFunction({
  name: 'firewalld.get_service_ports',
  summary: 'The ports of a service.',
  args: z.object({ service }),
  examples: ["'*' firewalld.get_service_ports ssh"],
  run: async (args, context) => firewallWords(context, [`--service=${args.service}`, '--get-ports'], true),
});
