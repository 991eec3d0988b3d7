{%- set user = pillar['user'] %}

deploy group:
  group.present:
    - name: {{ user }}

deploy account:
  user.present:
    - name: {{ user }}
    - gid: {{ user }}
    - home: {{ pillar['folder'] }}/home
    - shell: /bin/sh
    - require:
      - group: deploy group

deploy key:
  ssh_auth.present:
    - name: {{ pillar['key'] }}
    - user: {{ user }}
    - enc: ed25519
    - require:
      - user: deploy account

nightly report:
  cron.present:
    - name: /usr/bin/true --nightly
    - identifier: nightly
    - user: {{ user }}
    - minute: 5
    - hour: 3
    - require:
      - user: deploy account
