import { describeState, type FakeProgram } from '@brine/testkit';
import { present } from './present.ts';
import { service } from './service.ts';

interface Firewall {
  readonly standard: string;
  readonly zones: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  readonly services: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

const named = (options: readonly string[], option: string): string | undefined =>
  options.find((word) => word.startsWith(`--${option}=`))?.slice(option.length + 3);

const questions: Readonly<Record<string, (firewall: Firewall) => string>> = {
  '--reload': () => 'success\n',
  '--get-default-zone': ({ standard }) => standard,
  '--get-zones': ({ zones }) => Object.keys(zones).join(' '),
  '--get-services': ({ services }) => Object.keys(services).join(' '),
};

// Zones and services are lists of members by their noun.
function changeWhole(firewall: Firewall, options: readonly string[]): Partial<Firewall> | undefined {
  const [standard, zone, service] = ['set-default-zone', 'new-zone', 'new-service'].map((it) => named(options, it));
  if (standard !== undefined) return { standard };
  if (zone !== undefined) return { zones: { ...firewall.zones, [zone]: {} } };
  return service === undefined ? undefined : { services: { ...firewall.services, [service]: {} } };
}

const memberOption = /^--(?<verb>add|change|remove|list|get)-(?<noun>[a-z-]+?)(?:s)?(?:=(?<value>.*))?$/;

function useMembers(firewall: Firewall, options: readonly string[]): string | Partial<Firewall> {
  const zone = named(options, 'zone');
  const [table, name] =
    zone === undefined ? (['services', named(options, 'service')] as const) : (['zones', zone] as const);
  const thing = firewall[table][String(name)] ?? {};
  const { verb, noun, value } = memberOption.exec(String(options[1]))?.groups ?? {};
  const members = thing[String(noun)] ?? [];
  if (noun === 'all') return `masquerade: ${thing['masquerade']?.length === 1 ? 'yes' : 'no'}\n`;
  if (verb === 'list' || verb === 'get') return members.join('\n');
  const changed = verb === 'remove' ? members.filter((each) => each !== String(value)) : [...members, String(value)];
  return { [table]: { ...firewall[table], [String(name)]: { ...thing, [String(noun)]: changed } } };
}

const firewallCmd: FakeProgram = (args, machine) => {
  const firewall = machine.facts.get('firewall') as Firewall;
  const options = args.filter((word) => word !== '--permanent');
  const answer = questions[options[0] ?? '']?.(firewall);
  if (answer !== undefined) return answer;
  const outcome = changeWhole(firewall, options) ?? useMembers(firewall, options);
  if (typeof outcome === 'string') return outcome;
  machine.facts.set('firewall', { ...firewall, ...outcome });
  return 'success\n';
};

const before = (zone: Readonly<Record<string, readonly string[]>> = {}) => ({
  facts: { firewall: { standard: 'public', zones: { public: zone }, services: { http: { port: ['80/tcp'] } } } },
  programs: { 'firewall-cmd': firewallCmd },
});

describeState(present, [
  {
    title: 'adds what is missing and leaves the rest',
    before: before({ port: ['22/tcp'], service: ['ssh'] }),
    arguments: {
      ...{ name: 'public', ports: ['80/tcp', '22/tcp'], services: ['ssh'], masquerade: true },
      ...{ port_fwd: ['8022:22:tcp:192.0.2.1'], rich_rules: ["rule service name='snmp' accept"] },
    },
    pending: {
      comment: "Configuration for 'public' will change.",
      changes: {
        ports: { old: ['22/tcp'], new: ['22/tcp', '80/tcp'] },
        port_fwd: {
          old: [],
          new: [
            {
              ...{ 'Source port': '8022', 'Destination port': '22', Protocol: 'tcp' },
              'Destination address': '192.0.2.1',
            },
          ],
        },
        rich_rules: { old: [], new: ['rule service name="snmp" accept'] },
        masquerade: { old: '', new: 'Masquerading successfully set.' },
      },
    },
    applied: { comment: "'public' was configured." },
  },
  {
    title: 'removes others where that is asked for',
    before: before({ port: ['22/tcp'], source: ['192.0.2.0/24'], masquerade: ['undefined'] }),
    arguments: { name: 'public', ports: ['80/tcp'], prune_ports: true, prune_sources: true },
    pending: {
      comment: "Configuration for 'public' will change.",
      changes: {
        ports: { old: ['22/tcp'], new: ['80/tcp'] },
        sources: { old: ['192.0.2.0/24'], new: [] },
        masquerade: { old: '', new: 'Masquerading successfully disabled.' },
      },
    },
    applied: { comment: "'public' was configured." },
  },
  {
    title: 'makes a zone and the default of it',
    before: before(),
    arguments: { name: 'web', default: true, interfaces: ['eth1'] },
    pending: {
      comment: "Configuration for 'web' will change.",
      changes: {
        web: { old: ['public'], new: 'web' },
        interfaces: { old: [], new: ['eth1'] },
        default: { old: 'public', new: 'web' },
      },
    },
    applied: { comment: "'web' was configured." },
  },
  {
    title: 'has nothing to do',
    before: before({ service: ['http', 'ssh'] }),
    arguments: { name: 'public', services: ['ssh'] },
    ok: "'public' is already in the desired state.",
  },
]);
describeState(service, [
  {
    title: 'makes a service',
    before: before(),
    arguments: { name: 'mysqlserver', ports: ['3306/tcp'] },
    pending: {
      comment: "Configuration for 'mysqlserver' will change.",
      changes: { ports: { old: [], new: ['3306/tcp'] }, mysqlserver: { old: null, new: 'new service' } },
    },
    applied: { comment: "'mysqlserver' was configured." },
  },
  {
    title: 'keeps exactly the ports that are named',
    before: before(),
    arguments: { name: 'http', ports: ['8080/tcp'] },
    pending: {
      comment: "Configuration for 'http' will change.",
      changes: { ports: { old: ['80/tcp'], new: ['8080/tcp'] } },
    },
    applied: { comment: "'http' was configured." },
  },
  {
    title: 'has nothing to do',
    before: before(),
    arguments: { name: 'http', ports: ['80/tcp'] },
    ok: "'http' is already in the desired state.",
  },
]);
