# A password belongs in here encrypted: start the file with `#!jinja|yaml|gpg`, or let `decrypt_pillar` name the key.
# docs/secrets.md shows how; `npm run demo` does it with a key of its own.
app:
  database:
    host: db.example.org
    name: shop
