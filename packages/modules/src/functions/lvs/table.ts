import { z } from 'zod';
import { lineText, operand, optional, withDefault } from '../../kit/arguments.ts';
import { defineFunction } from '../../kit/define-function.ts';
import {
  forwardMethod,
  hasServer,
  hasService,
  readRules,
  serverAddress,
  serverWords,
  serviceArguments,
  serviceWords,
  shareOfServer,
  weight,
  type ServiceName,
} from '../../providers/lvs/ipvsadm.ts';
import { complaint, runProgram, trueOrComplaint } from '../run-program.ts';

const ofServer = { ...serviceArguments, server_address: serverAddress };
const scheduler = optional(operand()).describe('How a server is chosen for a connection.');
const given = {
  packet_forward_method: optional(lineText()).describe('How packets get to the server: dr, tunnel or nat.'),
  weight: optional(shareOfServer()).describe('Share of the server.'),
};

export const addService = defineFunction({
  name: 'lvs.add_service',
  summary: 'Adds a virtual service of LVS; true, or what stood against it.',
  args: z.object({
    ...serviceArguments,
    scheduler: withDefault(operand(), 'wlc').describe('How a server is chosen for a connection.'),
  }),
  examples: ["'*' lvs.add_service tcp 192.0.2.1:80 rr"],
  run: async ({ scheduler: how, ...service }, context) =>
    trueOrComplaint(context, ['ipvsadm', '-A', ...serviceWords(service), '-s', how]),
});

export const editService = defineFunction({
  name: 'lvs.edit_service',
  summary: 'Changes a virtual service of LVS; true, or what stood against it.',
  args: z.object({ ...serviceArguments, scheduler }),
  examples: ["'*' lvs.edit_service tcp 192.0.2.1:80 rr"],
  run: async ({ scheduler: how, ...service }, context) =>
    trueOrComplaint(context, ['ipvsadm', '-E', ...serviceWords(service), ...(how === undefined ? [] : ['-s', how])]),
});

export const deleteService = defineFunction({
  name: 'lvs.delete_service',
  summary: 'Removes a virtual service of LVS; true, or what stood against it.',
  args: z.object(serviceArguments),
  examples: ["'*' lvs.delete_service tcp 192.0.2.1:80"],
  run: async (service, context) => trueOrComplaint(context, ['ipvsadm', '-D', ...serviceWords(service)]),
});

export const addServer = defineFunction({
  name: 'lvs.add_server',
  summary: 'Adds a server to a virtual service of LVS; true, or what stood against it.',
  args: z.object({ ...ofServer, packet_forward_method: forwardMethod, weight }),
  examples: ["'*' lvs.add_server tcp 192.0.2.1:80 192.168.0.11:8080 nat 1"],
  run: async (args, context) =>
    trueOrComplaint(context, ['ipvsadm', '-a', ...serviceWords(args), ...serverWords(args)]),
});

export const editServer = defineFunction({
  name: 'lvs.edit_server',
  summary: 'Changes a server of a virtual service of LVS; true, or what stood against it.',
  args: z.object({ ...ofServer, ...given }),
  examples: ["'*' lvs.edit_server tcp 192.0.2.1:80 192.168.0.11:8080 nat 1"],
  run: async (args, context) =>
    trueOrComplaint(context, ['ipvsadm', '-e', ...serviceWords(args), ...serverWords(args)]),
});

export const deleteServer = defineFunction({
  name: 'lvs.delete_server',
  summary: 'Removes a server from a virtual service of LVS; true, or what stood against it.',
  args: z.object(ofServer),
  examples: ["'*' lvs.delete_server tcp 192.0.2.1:80 192.168.0.11:8080"],
  run: async (args, context) =>
    trueOrComplaint(context, ['ipvsadm', '-d', ...serviceWords(args), ...serverWords(args)]),
});

export const clear = defineFunction({
  name: 'lvs.clear',
  summary: 'Removes all virtual services of LVS; true, or what stood against it.',
  args: z.object({}),
  examples: ["'*' lvs.clear"],
  run: async (_args, context) => trueOrComplaint(context, ['ipvsadm', '-C']),
});

export const zero = defineFunction({
  name: 'lvs.zero',
  summary: 'Sets the counters of a virtual service of LVS, or of all, to 0; true, or what stood against it.',
  args: z.object(serviceArguments),
  examples: ["'*' lvs.zero", "'*' lvs.zero tcp 192.0.2.1:80"],
  run: async (service, context) => trueOrComplaint(context, ['ipvsadm', '-Z', ...oneOrAll(service)]),
});

export const getRules = defineFunction({
  name: 'lvs.get_rules',
  summary: 'The virtual services of LVS and their servers as words of ipvsadm.',
  args: z.object({}),
  examples: ["'*' lvs.get_rules"],
  run: async (_args, { host }) => readRules(host),
});

export const list = defineFunction({
  name: 'lvs.list',
  summary: 'The virtual services of LVS and their servers as a table; one service, or all.',
  args: z.object(serviceArguments),
  examples: ["'*' lvs.list", "'*' lvs.list tcp 192.0.2.1:80"],
  async run(service, context) {
    const result = await runProgram(context, ['ipvsadm', '-L', ...oneOrAll(service), '-n']);
    return result.exitCode === 0 ? result.stdout.trim() : complaint(result);
  },
});

export const checkService = defineFunction({
  name: 'lvs.check_service',
  summary: 'Whether there is a virtual service of LVS: true, or that there is none.',
  args: z.object({ ...serviceArguments, scheduler }),
  examples: ["'*' lvs.check_service tcp 192.0.2.1:80"],
  run: async ({ scheduler: how, ...service }, { host }) =>
    hasService(await readRules(host), service, how) || 'Error: service not exists',
});

export const checkServer = defineFunction({
  name: 'lvs.check_server',
  summary: 'Whether a virtual service of LVS has a server: true, or that it has not.',
  args: z.object({ ...ofServer, ...given }),
  examples: ["'*' lvs.check_server tcp 192.0.2.1:80 192.168.0.11:8080"],
  run: async (args, { host }) => hasServer(await readRules(host), args, args) || 'Error: server not exists',
});

function oneOrAll(service: ServiceName): readonly string[] {
  return service.service_address === undefined ? [] : serviceWords(service);
}
