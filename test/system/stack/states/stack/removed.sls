{%- set user = pillar['user'] %}
{%- set folder = pillar['folder'] %}

no site:
  file.absent:
    - name: /etc/nginx/conf.d/{{ user }}.conf

no nginx:
  service.dead:
    - name: nginx
    - require:
      - file: no site
  pkg.purged:
    - pkgs: [nginx-light, nginx, nginx-common]
    - require:
      - service: no nginx

no database:
  postgres_database.absent:
    - name: {{ user }}

no database user:
  postgres_user.absent:
    - name: {{ user }}
    - require:
      - postgres_database: no database

no nightly report:
  cron.absent:
    - name: /usr/bin/true --nightly
    - identifier: nightly
    - user: {{ user }}

no key:
  ssh_auth.absent:
    - name: {{ pillar['key'] }}
    - user: {{ user }}

no account:
  user.absent:
    - name: {{ user }}
    - purge: true
    - require:
      - cron: no nightly report
      - ssh_auth: no key

no group:
  group.absent:
    - name: {{ user }}
    - require:
      - user: no account

no library:
  pip.removed:
    - name: brine-greeting
    - bin_env: {{ folder }}/venv

no files:
  file.absent:
    - names:
      - {{ folder }}/app
      - {{ folder }}/www
      - {{ folder }}/limits.conf
      - {{ folder }}/sysctl.conf
