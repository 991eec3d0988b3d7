base:
  '*':
    - stack.accounts
    - stack.web
    - stack.database
    - stack.code
    - stack.kernel
