meta: {id: version}
seq:
  - id: version
    type: u1
    valid:
      expr: '_ == 3 and _ == 4'
