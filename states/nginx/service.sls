{%- from "nginx/map.jinja" import nginx with context %}
nginx-package:
  pkg.installed:
    - name: {{ nginx.package }}
    - require_in:
      - sls: nginx.sites

nginx-service:
  service.running:
    - name: {{ nginx.service }}
    - enable: True
    - reload: True
    - watch:
      - sls: nginx.sites
