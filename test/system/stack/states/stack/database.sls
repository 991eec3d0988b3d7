{%- set user = pillar['user'] %}

postgresql:
  pkg.installed: []
  service.running:
    - require:
      - pkg: postgresql

database user:
  postgres_user.present:
    - name: {{ user }}
    - password: {{ pillar['password'] }}
    - require:
      - service: postgresql

database:
  postgres_database.present:
    - name: {{ user }}
    - owner: {{ user }}
    - require:
      - postgres_user: database user
