// Three shapes of templates, written so that Jinja2, nunjucks and Brine read them alike.

const vhosts = `{% for host in hosts -%}
server {
  listen {{ host.port }}{% if host.tls %} ssl{% endif %};
  server_name {{ host.names | join(' ') }};
{%- for location in host.locations %}
  location {{ location.path }} {
    {%- if location.proxy %}
    proxy_pass http://{{ location.proxy }}:{{ location.port + 1 }};
    {%- else %}
    root /srv/{{ host.name | upper }}{{ location.path }};
    {%- endif %}
    # {{ loop.index }} of {{ host.locations | length }}{% if loop.last %}, the last{% endif %}
  }
{%- endfor %}
}
{% endfor %}`;

const hosts = Array.from({ length: 100 }, (_, host) => ({
  name: `site${host}`,
  port: 8000 + host,
  tls: host % 2 === 0,
  names: [`site${host}.example.com`, `www.site${host}.example.com`],
  locations: Array.from({ length: 10 }, (_unused, at) => ({
    path: `/part/${at}`,
    port: 9000 + at,
    proxy: at % 3 === 0 ? '' : `backend${at}`,
  })),
}));

const formula = {
  'web/init.sls': `{% from 'web/map.jinja' import web with context %}
{% from 'web/macros.jinja' import vhost, user %}
{% import 'web/defaults.jinja' as defaults %}
include:
  - {{ slspath }}.service

web-package:
  pkg.installed:
    - name: {{ web.package }}
    - version: {{ salt['pillar.get']('web:version', defaults.version) }}

web-config:
  file.managed:
    - name: {{ web.config }}
    - source: salt://{{ tpldir }}/files/web.conf
    - template: jinja
    - mode: '0644'
    - require:
      - pkg: web-package
{% for site in pillar.sites %}
{{ vhost(site, web.vhosts, defaults.mode) }}
{% endfor %}
{% for name in pillar.users %}
{{ user(name) }}
{% endfor %}
web-service:
  service.running:
    - name: {{ web.service }}
    - enable: {{ web.enable | default(true) }}
    - watch:
      - file: web-config
`,
  'web/map.jinja': `{% set families = {
  'Debian': {'package': 'nginx', 'config': '/etc/nginx/nginx.conf', 'service': 'nginx', 'vhosts': '/etc/nginx/sites-enabled'},
  'RedHat': {'package': 'nginx', 'config': '/etc/nginx/nginx.conf', 'service': 'nginx', 'vhosts': '/etc/nginx/conf.d'},
  'FreeBSD': {'package': 'nginx', 'config': '/usr/local/etc/nginx/nginx.conf', 'service': 'nginx', 'vhosts': '/usr/local/etc/nginx/conf.d'}
} %}
{% set web = families[grains.os_family] %}
`,
  'web/defaults.jinja': `{% set version = '1.22' %}
{% set mode = '0644' %}
`,
  'web/macros.jinja': `{% macro vhost(site, folder, mode) %}
{{ folder }}/{{ site.name }}.conf:
  file.managed:
    - source: salt://web/files/vhost.conf
    - mode: '{{ mode }}'
    - context:
        name: {{ site.name }}
        port: {{ site.port }}
{% if site.tls %}
        certificate: /etc/ssl/{{ site.name }}.pem
{% endif %}
{% endmacro %}
{% macro user(name) %}
{{ name }}:
  user.present:
    - home: /home/{{ name }}
{% endmacro %}
`,
};

function longSls() {
  const blocks = Array.from({ length: 250 }, (_, index) => [
    `package-${index}:`,
    '  file.managed:',
    `    - name: /etc/app/{{ grains.id }}/${index}.conf`,
    `    - source: salt://app/files/${index}.conf`,
    `{% if pillar.debug and ${index} > 3 %}`,
    '    - show_changes: true',
    '{% endif %}',
    `    - mode: '{{ pillar.mode }}'`,
  ]);
  return `${blocks.flat().join('\n')}\n`;
}

export const shapes = [
  {
    name: 'loops in a configuration',
    main: 'web.conf',
    files: { 'web.conf': vhosts },
    variables: { hosts },
    rounds: { cold: 40, warm: 300 },
  },
  {
    name: 'formula with map.jinja',
    main: 'web/init.sls',
    files: formula,
    rounds: { cold: 40, warm: 5000 },
    variables: {
      slspath: 'web',
      tpldir: 'web',
      grains: { id: 'web1', os_family: 'Debian' },
      pillar: {
        sites: Array.from({ length: 10 }, (_, at) => ({ name: `site${at}`, port: 80 + at, tls: at % 2 === 1 })),
        users: Array.from({ length: 10 }, (_, at) => `user${at}`),
      },
    },
  },
  {
    name: 'SLS of 2,000 lines',
    main: 'app.sls',
    files: { 'app.sls': longSls() },
    variables: { grains: { id: 'web1' }, pillar: { debug: false, mode: '0644' } },
    rounds: { cold: 40, warm: 3000 },
  },
];
