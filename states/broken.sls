/tmp/trial/site.conf:
  file.managed:
    - contents: server_name {{ grains['id'] }}

no such package:
  pkg.installed:
    - name: nginxx
