users:
  ada:
    fullname: Ada Lovelace
    sudo: True
    groups:
      - adm
    ssh_keys:
      - ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl ada@example.org
  grace:
    fullname: Grace Hopper
    shell: /bin/sh
