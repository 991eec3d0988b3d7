{% for n in range(1, 7) %}
step {{ n }}:
  cmd.run:
    - name: sleep 2
{% endfor %}
