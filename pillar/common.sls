base:
  contact: ops@example.org
  packages:
    - curl
    - less
    - rsync
time:
  servers:
    - 0.pool.ntp.org
    - 1.pool.ntp.org
