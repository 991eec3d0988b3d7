{%- from "site.jinja" import root, owner, group with context %}
time-sources:
  file.managed:
    - name: {{ root }}/etc/chrony/sources.d/site.sources
    - user: {{ owner }}
    - group: {{ group }}
    - mode: '0644'
    - makedirs: True
    - contents:
{%- for server in salt['pillar.get']('time:servers', ['2.debian.pool.ntp.org']) %}
      - pool {{ server }} iburst
{%- endfor %}
