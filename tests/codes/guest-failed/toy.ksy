meta:
  id: toy
seq:
  - id: kind
    type: u1
  - id: len_text
    type: u1
  - id: text
    size: len_text
