meta:
  id: event
  title: Event of the sensor
  license: MIT OR Apache-2.0
  endian: le
doc: |
  What happened, as one of the sensor's call sites hands it to the content
  interpreter: the inputs that criteria are held against, in the order in which
  the call site fills them in.

  A call site fills in as many as its build was made for, whatever is recorded
  here: values that are missing are absent ones, and further ones are not used.
seq:
  - id: call_site
    type: u1
    enum: call_site
    valid:
      in-enum: true
    doc: Where in the sensor it happened, and so which template type it is for.
  - id: num_values
    type: u1
    valid:
      max: 64
  - id: values
    type: value
    repeat: expr
    repeat-expr: num_values
types:
  value:
    seq:
      - id: kind
        type: u1
        enum: value_kind
        valid:
          in-enum: true
      - id: len_data
        type: u2
        doc: In bytes.
        valid:
          expr: >-
            kind == value_kind::absent ? _ == 0 :
            kind == value_kind::number ? _ == 8 : _ <= 1024
      - id: data
        size: len_data
        type:
          switch-on: kind
          cases:
            value_kind::absent: nothing
            value_kind::text: text
            value_kind::number: number
  nothing:
    doc: The input has no value; no criterion but a wildcard matches it.
  text:
    doc: Mostly UTF-8, which no kernel promises for the names that it is given.
    seq:
      - id: bytes
        size-eos: true
  number:
    doc: Also flags and times.
    seq:
      - id: value
        type: u8
enums:
  call_site:
    0: process
    1: file
    2: ipc
  value_kind:
    0: absent
    1: text
    2: number
