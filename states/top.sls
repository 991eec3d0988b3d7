# Which states apply to which minions. The first column of a target is a glob over minion ids unless `match` says otherwise.
base:
  '*':
    - base
    - users
    - ssh
    - time
    - cron
  'roles:web':
    - match: grain
    - nginx
  'roles:db':
    - match: grain
    - app.database
