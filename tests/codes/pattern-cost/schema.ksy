meta:
  id: list
  encoding: UTF-8
seq:
  - id: pattern
    type: str
    size-eos: true
