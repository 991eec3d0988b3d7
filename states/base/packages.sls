{%- set wanted = salt['pillar.get']('base:packages', ['curl', 'less', 'rsync', 'vim-tiny']) %}
# One call of the package manager for all of them.
base-packages:
  pkg.installed:
    - pkgs: {{ wanted | json }}
