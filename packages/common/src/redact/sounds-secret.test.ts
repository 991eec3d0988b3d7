import { describe, expect, it } from 'vitest';
import { soundsSecret } from './sounds-secret.ts';

const secret = [
  ...['password', 'Password', 'PASSWORD', 'passwd', 'pass', 'pwd', 'pw', 'passphrase', 'psk', 'wpa_psk'],
  ...[
    'db_password',
    'dbPassword',
    'db.password',
    'db-password',
    'db:password',
    'DB_PASS',
    'DBPASS',
    'rootpw',
    'bindpw',
  ],
  ...[
    'PGPASSWORD',
    'MYSQL_PWD',
    'SSHPASS',
    'password2',
    'password_1',
    'passwords',
    'password_hash',
    'db_password_prod',
  ],
  ...[
    'secret',
    'secrets',
    'client_secret',
    'clientSecret',
    'secret_id',
    'SECRET_KEY_BASE',
    'secret_key',
    'shared_secret',
  ],
  ...['token', 'join_token', 'access_token', 'X-Vault-Token', 'GITHUB_TOKEN', 'authToken', 'X-Auth-Token', 'apitoken'],
  ...['api_key', 'apikey', 'API-Key', 'X-Api-Key', 'apiKey', 'access_key', 'AWS_SECRET_ACCESS_KEY', 'private_key'],
  ...[
    'ssl_private_key',
    'privateKey',
    'encryption_key',
    'Authorization',
    'Proxy-Authorization',
    'Cookie',
    'Set-Cookie',
  ],
  ...[
    'credential',
    'credentials',
    'aws_credentials',
    'signing_key_pass',
    'proxy_password',
    'https_pass',
    'nacl.secret',
  ],
  ...['sentinel_password', 'rolepassword', 'signing_pub_key_passphrase', 'connection_pass'],
];

const open = [
  ...[
    '',
    'key',
    'keys',
    'public_key',
    'pubkey',
    'ssh_key',
    'host_key',
    'keyid',
    'key_url',
    'gpgkey',
    'monkey',
    'keyserver',
  ],
  ...['compass', 'bypass', 'passive', 'passenger', 'pass_num', 'fs_passno', 'passno', 'PASS_MAX_DAYS', 'passthrough'],
  ...['tokenizer', 'token_ttl', 'tokens_per_hour', 'max_tokens', 'token_expire', 'token_dir', 'token_file', 'pickpw_x'],
  ...[
    'secretary',
    'secret_name',
    'secret_path',
    'secret_backend',
    'secretName',
    'private_key_file',
    'private_key_path',
  ],
  ...['password_file', 'passwd_file', 'password_lifetime', 'password_min_length', 'PasswordAuthentication', 'nopasswd'],
  ...[
    'password_hashed',
    'password_policy',
    'password_column',
    'password_lock',
    'NOPASSWD',
    'api_key_file',
    'api_url',
    'author',
    'authors',
    'authentication',
  ],
  ...[
    'user',
    'username',
    'login',
    'host',
    'name',
    'cookiecutter',
    'accept',
    'Content-Type',
    'access',
    'private',
    'spwd_x',
  ],
  ...['external_auth', 'auth_timeout', 'encryption', 'identity', 'credentials_file', 'PWD_HISTORY', 'access_log'],
];

describe('soundsSecret', () => {
  it.each(secret)('takes %s for the name of a secret', (name) => {
    expect(soundsSecret(name)).toBe(true);
  });

  it.each(open)('takes %s for nothing of the kind', (name) => {
    expect(soundsSecret(name)).toBe(false);
  });
});
