{%- from "site.jinja" import manages_system with context %}
include:
  - .motd
{%- if manages_system %}
  - .packages
{%- endif %}
