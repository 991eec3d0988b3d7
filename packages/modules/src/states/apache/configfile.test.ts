import { describeState } from '@brine/testkit';
import { configfile } from './configfile.ts';

const config = [
  { Listen: 8080 },
  {
    VirtualHost: {
      this: '*:8080',
      ServerName: 'app.example.org',
      ServerAlias: ['a', 'b'],
      Directory: { this: '/srv/app', Require: 'all granted' },
    },
  },
];
const text = `Listen 8080
<VirtualHost *:8080>
ServerName app.example.org
ServerAlias a
ServerAlias b

<Directory /srv/app>
Require all granted
</Directory>

</VirtualHost>
`;
const name = '/etc/apache2/app.conf';

describeState(configfile, [
  {
    title: 'writes directives and sections',
    before: { files: { [name]: 'old' } },
    arguments: { name, config },
    pending: { comment: 'Configuration will update.', changes: { old: 'old', new: text } },
    applied: { comment: 'Successfully created configuration.' },
    after: { [name]: `${text}\n` },
  },
  {
    title: 'knows a file that says so',
    before: { files: { [name]: text } },
    arguments: { name, config },
    ok: 'Configuration is up to date.',
  },
  {
    title: 'refuses a section that is for nothing',
    arguments: { name, config: [{ Directory: { Require: 'all granted' } }] },
    fails: 'Apache section container "<Directory>" expects attribute. Specify it using key "this".',
  },
  {
    title: 'refuses a value that would be another directive',
    arguments: { name, config: [{ Listen: '80\nUser root' }] },
    fails: 'The directive Listen has a line break',
  },
]);
