{%- from "site.jinja" import root, owner, group with context %}
base-motd:
  file.managed:
    - name: {{ root }}/etc/motd
    - source: salt://base/files/motd.jinja
    - template: jinja
    - user: {{ owner }}
    - group: {{ group }}
    - mode: '0644'
    - makedirs: True
    - context:
        contact: {{ salt['pillar.get']('base:contact', 'the operators') | yaml_dquote }}
