{%- from "site.jinja" import root, owner, group with context %}
{%- from "nginx/map.jinja" import nginx with context %}
{%- for name, site in nginx.sites | dictsort %}
nginx-site-{{ name }}:
  file.managed:
    - name: {{ root }}{{ nginx.sites_dir }}/{{ name }}.conf
    - source: salt://nginx/files/site.conf.jinja
    - template: jinja
    - user: {{ owner }}
    - group: {{ group }}
    - mode: '0644'
    - makedirs: True
    - context:
        name: {{ name }}
        web_root: {{ nginx.web_root }}
        site: {{ site | json }}

nginx-page-{{ name }}:
  file.managed:
    - name: {{ root }}{{ nginx.web_root }}/{{ name }}/index.html
    - user: {{ owner }}
    - group: {{ group }}
    - mode: '0644'
    - makedirs: True
    - replace: False
    - contents: '<h1>{{ site.get('title', name) }}</h1>'
{% endfor %}
