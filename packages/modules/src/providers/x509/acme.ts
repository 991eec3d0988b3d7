import { AppError, pythonStr, type CheckOutcome, type Value } from '@brine/common';
import { fails, formatMode, isOk, willChange, type Host, type ReadHost, type StateContext } from '../../kit/index.ts';
import { attempt } from '../commands/attempt.ts';
import { toolFailure } from '../commands/run-tool.ts';
import { ownershipChanges, toAttributes } from '../files/ownership.ts';
import { omitAbsent } from '../omit-absent.ts';
import { loadCertificate } from './certificates.ts';

/** `acme.cert` as an SLS file describes it. */
export interface AcmeWish {
  readonly name: string;
  readonly aliases: readonly string[] | undefined;
  readonly email: string | undefined;
  /** A path, or `True` for what certbot is configured with. */
  readonly webroot: string | undefined;
  readonly test_cert: boolean;
  readonly renew: Value | undefined;
  readonly keysize: number | undefined;
  readonly server: string | undefined;
  readonly owner: string | number;
  readonly group: string | number;
  readonly mode: number;
  readonly certname: string | undefined;
  readonly preferred_challenges: string | undefined;
  readonly http_01_port: number | undefined;
  readonly http_01_address: string | undefined;
  readonly dns_plugin: string | undefined;
  readonly dns_plugin_credentials: string | undefined;
}

const live = '/etc/letsencrypt/live';

/** Compares a certificate with what is asked for. Throws `state-failed`. */
export async function checkAcme(wish: AcmeWish, { host }: StateContext): Promise<CheckOutcome<Host>> {
  const name = wish.certname ?? wish.name;
  if (
    ![name, wish.name, ...(wish.aliases ?? [])].every((word) => /^[\w*.][\w.*-]*$/.test(word) && !word.includes('..'))
  )
    return fails(`The domains of ${wish.name} cannot be such`);
  if (wish.test_cert && wish.server !== undefined) return fails('Use either server or test_cert, not both');
  const program = await findCertbot(host);
  const isThere = (await host.files.stat(`${live}/${name}/cert.pem`, { follow: true })) !== undefined;
  const isDue = isThere && (await needsRenewal(host, name, wish.renew));
  if (isThere && !isDue) return checkKeyFile(wish, name, host);
  const action = isThere ? 'renew' : 'obtain';
  const changes = { old: isThere ? 'current certificate' : null, new: 'new certificate' };
  return willChange({ comment: `Certificate ${name} would have been ${action}ed.`, changes }, (machine) =>
    attempt(`Certificate ${wish.name} renewal failed with`, async () => {
      await runCertbot(machine, [program, ...certbotArguments(wish, { name, renews: isThere })]);
      await setKeyFile(wish, name, machine);
      return { comment: `Certificate ${name} ${action}ed`, changes };
    }),
  );
}

async function findCertbot(host: ReadHost): Promise<string> {
  for (const program of ['certbot', 'letsencrypt', '/opt/letsencrypt/letsencrypt-auto'])
    if ((await host.which(program)) !== undefined) return program;
  throw new AppError({ code: 'provider-missing', message: 'certbot is not installed on this minion' });
}

async function needsRenewal(host: ReadHost, name: string, window: Value | undefined): Promise<boolean> {
  const word = window === undefined ? '0' : pythonStr(window).toLowerCase();
  if (word === 'force' || word === 'true') return true;
  if (!/^\d+$/.test(word) && word !== 'false')
    throw new AppError({ code: 'state-failed', message: 'renew is true, force, or a number of days' });
  const { notAfter } = await loadCertificate(host, `${live}/${name}/cert.pem`);
  return notAfter.getTime() - Number(word === 'false' ? 0 : word) * 86_400_000 <= Date.now();
}

function certbotArguments(
  wish: AcmeWish,
  { name, renews }: { readonly name: string; readonly renews: boolean },
): readonly string[] {
  const option = (flag: string, value: string | number | undefined): readonly string[] =>
    value === undefined ? [] : [`--${flag}=${value}`];
  return [
    ...['certonly', '--non-interactive', '--agree-tos'],
    ...(renews ? ['--renew-by-default'] : []),
    ...option('server', wish.server),
    ...option('cert-name', name),
    ...(wish.test_cert ? ['--test-cert'] : []),
    ...authenticator(wish),
    ...(wish.email === undefined ? ['--register-unsafely-without-email'] : option('email', wish.email)),
    ...option('rsa-key-size', wish.keysize),
    ...[wish.name, ...(wish.aliases ?? [])].flatMap((domain) => option('domains', domain)),
    ...option('preferred-challenges', wish.preferred_challenges),
    ...option('http-01-port', wish.http_01_port),
    ...option('http-01-address', wish.http_01_address),
  ];
}

function authenticator(wish: AcmeWish): readonly string[] {
  if (wish.webroot !== undefined)
    return ['--authenticator=webroot', ...(wish.webroot === 'True' ? [] : [`--webroot-path=${wish.webroot}`])];
  if (wish.dns_plugin === undefined) return ['--authenticator=standalone'];
  if (wish.dns_plugin !== 'cloudflare')
    throw new AppError({ code: 'state-failed', message: `DNS plugin '${wish.dns_plugin}' is not supported` });
  return ['--dns-cloudflare', `--dns-cloudflare-credentials=${wish.dns_plugin_credentials ?? ''}`];
}

async function runCertbot(machine: Host, command: readonly string[]): Promise<void> {
  const run = (words: readonly string[]): ReturnType<Host['run']> => machine.run({ command: words, timeout: 600_000 });
  const first = await run(command);
  // It asks for leave to add domains to a certificate that is there.
  const result = first.exitCode !== 0 && first.stderr.includes('expand') ? await run([...command, '--expand']) : first;
  if (result.exitCode !== 0) throw toolFailure(command, result);
}

function ownership(wish: AcmeWish): { user: string | number; group: string | number; mode: number } {
  return { user: wish.owner, group: wish.group, mode: wish.mode };
}

async function setKeyFile(wish: AcmeWish, name: string, machine: Host): Promise<void> {
  const attributes = await toAttributes(machine, ownership(wish));
  await machine.files.setAttributes(`${live}/${name}/privkey.pem`, { ...attributes, follow: true });
}

async function checkKeyFile(wish: AcmeWish, name: string, host: ReadHost): Promise<CheckOutcome<Host>> {
  const settled = `Certificate ${name} exists and does not need renewal.`;
  const stat = await host.files.stat(`${live}/${name}/privkey.pem`, { follow: true });
  const changes = stat === undefined ? {} : omitAbsent(await ownershipChanges(host, stat, ownership(wish)));
  if (Object.keys(changes).length === 0) return isOk(settled);
  const comment = `${settled} Its key will have the mode ${formatMode(wish.mode)} and its owner.`;
  return willChange({ comment, changes }, (machine) =>
    attempt('', async () => {
      await setKeyFile(wish, name, machine);
      return { comment: settled, changes };
    }),
  );
}
