{%- from "site.jinja" import root, owner, group with context %}
{%- set admins = [] %}
{%- for name, user in salt['pillar.get']('users', {}).items() if user.get('sudo', False) %}
{%- do admins.append(name) %}
{%- endfor %}
users-sudoers:
  file.managed:
    - name: {{ root }}/etc/sudoers.d/90-admins
    - user: {{ owner }}
    - group: {{ group }}
    - mode: '0440'
    - makedirs: True
    - contents:
      - '# Managed: who may become root.'
{%- for name in admins | sort %}
      - '{{ name }} ALL=(ALL:ALL) ALL'
{%- endfor %}
