{#- Accounts come from pillar, so that the list of people is data and this file is the rule for all of them. -#}
{%- from "site.jinja" import manages_system with context %}
include:
  - .sudo
{%- if manages_system %}
  - .accounts
{%- endif %}
