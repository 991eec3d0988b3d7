import { closestName } from '@brine/common';

const ofSalt: ReadonlySet<string> = new Set([
  ...'azureblob cobbler confidant consul digicert django_orm ec2_pillar etcd extra_minion_data_in_pillar'.split(' '),
  ...'foreman gpg hg hiera libvirt makostack mongo mysql nacl netbox neutron pepa pillar_ldap'.split(' '),
  ...'puppet reclass redis rethinkdb s3 saltclass sqlcipher svn varstack vault venafi virtkey vmware'.split(' '),
]);

/** What to do about a source that does not exist here. */
export function helpForUnavailable(name: string, available: readonly string[]): string | undefined {
  if (ofSalt.has(name)) return `Brine does not have this source of Salt; it has: ${available.join(', ')}`;
  const near = closestName(name, available);
  if (near !== undefined) return `did you mean ${near}?`;
  return available.length === 0 ? undefined : `there are: ${available.join(', ')}`;
}
