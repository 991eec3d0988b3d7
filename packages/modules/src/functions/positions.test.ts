import { describe, expect, it } from 'vitest';
import { inOrder } from '../kit/in-order.ts';
import { functionTable } from './table.ts';

/** The first positional arguments of functions, as `sys.argspec` of Salt 3006 tells them. */
const positions: Readonly<Record<string, string>> = {
  'cmd.run_bg': 'cmd cwd runas group shell python_shell env clean_env template umask timeout',
  'cmd.script_retcode': 'source args cwd stdin runas group shell python_shell env template umask timeout',
  'git.ls_remote':
    'cwd remote ref opts git_opts user password identity https_user https_pass ignore_retcode output_encoding',
  'git.remote_get': 'cwd remote user password redact_auth',
  'git.remotes': 'cwd user password redact_auth',
  'postgres.db_alter': 'name user host port maintenance_db password tablespace owner owner_recurse runas',
  'postgres.db_create':
    'name user host port maintenance_db password tablespace encoding lc_collate lc_ctype owner template runas',
  'postgres.group_create':
    'groupname user host port maintenance_db password createdb createroles encrypted login inherit',
  'postgres.tablespace_alter':
    'name user host port maintenance_db password new_name new_owner set_option reset_option runas',
  'postgres.user_create':
    'username user host port maintenance_db password createdb createroles inherit login connlimit',
  'postgres.user_update':
    'username user host port maintenance_db password createdb createroles encrypted superuser inherit',
  'tls.revoke_cert': 'ca_name CN cacert_path ca_filename cert_path cert_filename crl_file digest',
  'user.add': 'name uid gid groups home shell unique system fullname roomnumber workphone homephone other createhome',
};

describe('positional arguments', () => {
  it.each(Object.entries(positions))("of %s stand in Salt's order", async (name, order) => {
    const names = Object.keys((await functionTable[name]?.())?.args.shape ?? {});
    expect(names.slice(0, order.split(' ').length)).toEqual(order.split(' '));
  });

  it('that are ordered keep their schemas, and others stand behind', () => {
    expect(Object.entries(inOrder({ a: 1, b: 2, c: 3 }, 'c a'))).toEqual([
      ['c', 3],
      ['a', 1],
      ['b', 2],
    ]);
    expect(() => inOrder({ a: 1 }, 'b')).toThrow('b is no argument');
  });
});
