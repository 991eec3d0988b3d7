{%- for name, user in salt['pillar.get']('users', {}).items() %}
{%- if user.get('absent', False) %}
user-{{ name }}:
  user.absent:
    - name: {{ name }}
{%- else %}
user-{{ name }}:
  user.present:
    - name: {{ name }}
    - fullname: {{ user.get('fullname', '') | yaml_dquote }}
    - shell: {{ user.get('shell', '/bin/bash') }}
    - groups: {{ user.get('groups', []) | json }}
    - remove_groups: False
{%- for key in user.get('ssh_keys', []) %}

user-{{ name }}-key-{{ loop.index }}:
  ssh_auth.present:
    - name: {{ key | yaml_dquote }}
    - user: {{ name }}
    - require:
      - user: user-{{ name }}
{%- endfor %}
{%- endif %}
{% endfor %}
