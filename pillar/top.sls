# Which minion gets which data. Nothing else ever reaches it.
base:
  '*':
    - common
    - users
  'roles:web':
    - match: grain
    - nginx
  'roles:db':
    - match: grain
    - database
