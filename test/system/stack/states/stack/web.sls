{%- set folder = pillar['folder'] %}

nginx:
  pkg.installed:
    - name: nginx-light
  service.running:
    - require:
      - pkg: nginx
    - watch:
      - file: site

default site:
  file.absent:
    - name: /etc/nginx/sites-enabled/default
    - require:
      - pkg: nginx
    - watch_in:
      - service: nginx

page:
  file.managed:
    - name: {{ folder }}/www/index.html
    - contents: |
        Hello from {{ grains['id'] }}
    - makedirs: true

site:
  file.managed:
    - name: /etc/nginx/conf.d/{{ pillar['user'] }}.conf
    - source: salt://stack/files/site.conf
    - template: jinja
    - context:
        port: {{ pillar['port'] }}
        root: {{ folder }}/www
    - check_cmd: grep -q listen
    - require:
      - pkg: nginx
      - file: page
