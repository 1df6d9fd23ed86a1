meta: {id: one}
seq:
  - id: number
    type: u1
