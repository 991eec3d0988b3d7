{%- from "site.jinja" import root, owner, group with context %}
{%- import_yaml "ssh/defaults.yaml" as defaults %}
{%- set settings = salt['pillar.get']('ssh:settings', defaults, merge=True) %}
ssh-hardening:
  file.managed:
    - name: {{ root }}/etc/ssh/sshd_config.d/10-hardening.conf
    - user: {{ owner }}
    - group: {{ group }}
    - mode: '0600'
    - makedirs: True
    - contents:
{%- for key in settings | sort %}
      - '{{ key }} {{ settings[key] }}'
{%- endfor %}
