{%- from "site.jinja" import manages_system with context %}
include:
  - .sites
{%- if manages_system %}
  - .service
{%- endif %}
