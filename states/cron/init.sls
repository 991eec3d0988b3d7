{%- from "site.jinja" import root, owner, group with context %}
# A file under /etc/cron.d rather than somebody's crontab: whole, reviewable, and gone when it is removed.
cron-tidy:
  file.managed:
    - name: {{ root }}/etc/cron.d/tidy-tmp
    - user: {{ owner }}
    - group: {{ group }}
    - mode: '0644'
    - makedirs: True
    - contents: |
        # Managed: files nobody touched for a fortnight.
        {{ salt['pillar.get']('cron:tidy:minute', 17) }} 4 * * * root find /var/tmp -xdev -type f -atime +14 -delete
