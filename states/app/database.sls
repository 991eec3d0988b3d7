{%- from "site.jinja" import root, owner, group with context %}
# The password is an encrypted pillar value; it reaches only minions whose pillar holds it.
app-database-credentials:
  file.managed:
    - name: {{ root }}/etc/app/database.conf
    - source: salt://app/files/database.conf.jinja
    - template: jinja
    - user: {{ owner }}
    - group: {{ group }}
    - mode: '0600'
    - makedirs: True
    - dir_mode: '0750'
    - show_changes: False
