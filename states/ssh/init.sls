{%- from "site.jinja" import manages_system with context %}
include:
  - .config
{%- if manages_system %}
  - .service
{%- endif %}
