ssh-package:
  pkg.installed:
    - name: openssh-server
    - require_in:
      - file: ssh-hardening

ssh-service:
  service.running:
    - name: ssh
    - enable: True
    - reload: True
    - watch:
      - file: ssh-hardening
