time-package:
  pkg.installed:
    - name: chrony
    - require_in:
      - file: time-sources

time-service:
  service.running:
    - name: chrony
    - enable: True
    - watch:
      - file: time-sources
