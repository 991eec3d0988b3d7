{%- if pillar['may_tune'] %}
vm.swappiness:
  sysctl.present:
    - value: {{ pillar['swappiness'] }}
    - config: {{ pillar['folder'] }}/sysctl.conf
{%- endif %}

limits:
  file.blockreplace:
    - name: {{ pillar['folder'] }}/limits.conf
    - marker_start: '# stack'
    - marker_end: '# end'
    - content: '* soft nofile 4096'
    - append_if_not_found: true
    - require:
      - file: limits file

limits file:
  file.managed:
    - name: {{ pillar['folder'] }}/limits.conf
    - replace: false
