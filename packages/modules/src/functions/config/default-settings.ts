import { toValue, type Dict } from '@brine/common';

/** What Salt's modules take for granted when nothing sets it. */
export function defaultSettings(): Dict {
  return toValue({
    'test.foo': 'unconfigured',
    'ca.cert_base_path': '/etc/pki',
    'hosts.file': '/etc/hosts',
    'aliases.file': '/etc/aliases',
    'redis.db': '0',
    'redis.host': 'salt',
    'redis.port': 6379,
    'mongo.db': 'salt',
    'mongo.user': '',
    'mongo.password': '',
    'mongo.port': 27_017,
    'solr.cores': [],
    'solr.host': 'localhost',
    'solr.port': '8983',
    'solr.baseurl': '/solr',
    'solr.type': 'master',
    'ldap.uri': '',
    'ldap.server': 'localhost',
    'ldap.port': '389',
    'ldap.tls': false,
    'ldap.scope': 2,
    'ldap.binddn': '',
    'ldap.bindpw': '',
    virt: { tunnel: false, images: '/srv/salt-images' },
    'docker.exec_driver': 'docker-exec',
  }) as Dict;
}
