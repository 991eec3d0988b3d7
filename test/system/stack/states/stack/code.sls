{%- set folder = pillar['folder'] %}

code tools:
  pkg.installed:
    - pkgs:
      - git
      - python3-venv

checkout:
  git.latest:
    - name: {{ folder }}/upstream
    - target: {{ folder }}/app
    - rev: main
    - require:
      - pkg: code tools

environment:
  virtualenv.managed:
    - name: {{ folder }}/venv
    - venv_bin: /usr/bin/python3 -m venv
    - require:
      - pkg: code tools

library:
  pip.installed:
    - name: brine-greeting==1.0
    - bin_env: {{ folder }}/venv
    - no_index: true
    - find_links: {{ folder }}/wheels
    - require:
      - virtualenv: environment
