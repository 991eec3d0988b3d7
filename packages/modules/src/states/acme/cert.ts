import { pythonStr } from '@brine/common';
import { z } from 'zod';
import {
  accountName,
  anyValue,
  defineState,
  fileMode,
  flag,
  integer,
  lineText,
  optional,
  textList,
  withDefault,
} from '../../kit/index.ts';
import { checkAcme } from '../../providers/x509/acme.ts';
import { orFailure } from '../../providers/or-failure.ts';

/** `acme.cert` */
export const cert = defineState({
  name: 'acme.cert',
  summary: "Keeps a certificate of an ACME authority (Let's Encrypt), obtained and renewed with certbot.",
  args: z.object({
    name: lineText().describe('The domain.'),
    aliases: optional(textList()).describe('Further domains of the certificate.'),
    email: optional(lineText()).describe('Address the authority writes to.'),
    webroot: optional(anyValue()).describe('Path of a web server that is running, or true for what is configured.'),
    test_cert: withDefault(flag(), false).describe("Whether it is of the authority's test."),
    renew: optional(anyValue()).describe('Days before its end at which it is renewed, or force.'),
    keysize: optional(integer()).describe('Bits of an RSA key.'),
    server: optional(lineText()).describe('Address of the authority.'),
    owner: withDefault(accountName(), 'root').describe('Owner of the key.'),
    group: withDefault(accountName(), 'root').describe('Group of the key.'),
    mode: withDefault(fileMode(), 0o640).describe('Permission bits of the key.'),
    certname: optional(lineText()).describe('Name of the certificate; that of the domain unless given.'),
    preferred_challenges: optional(lineText()).describe('How the domain is proven: http, dns.'),
    tls_sni_01_port: optional(integer()).describe('Accepted; certbot gave this challenge up.'),
    tls_sni_01_address: optional(lineText()).describe('Accepted; certbot gave this challenge up.'),
    http_01_port: optional(integer()).describe('Port of the server certbot starts.'),
    http_01_address: optional(lineText()).describe('Address it listens at.'),
    dns_plugin: optional(lineText()).describe('A plugin of certbot that proves by DNS: cloudflare.'),
    dns_plugin_credentials: optional(lineText()).describe('Path of the file with its login.'),
  }),
  examples: [
    `www.example.org:
  acme.cert:
    - email: admin@example.org
    - webroot: /var/www/html
    - renew: 14`,
  ],
  check: (args, context) =>
    orFailure(() =>
      checkAcme(
        {
          ...args,
          webroot: args.webroot === undefined || args.webroot === false ? undefined : pythonStr(args.webroot),
        },
        context,
      ),
    ),
});
