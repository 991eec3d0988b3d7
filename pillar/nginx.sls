nginx:
  sites:
    shop:
      server_name: shop.example.org
      title: The shop
      port: 8080
      proxies:
        /api: http://127.0.0.1:3000
