meta:
  id: bytecode
  title: Bytecode with tables that refer to each other
  endian: le
seq:
  - id: magic
    contents: BYTE
  - id: crc32
    type: u4
    -checksum:
      algorithm: crc32
  - id: num_types
    type: u1
  - id: num_functions
    type: u1
  - id: types
    type: u2
    repeat: expr
    repeat-expr: num_types
  - id: functions
    type: function
    repeat: expr
    repeat-expr: num_functions
types:
  function:
    seq:
      - id: kind
        type: u1
        enum: function_kind
        valid:
          in-enum: true
      - id: type_number
        type: u1
        doc: Counts from 1; 0 is none.
      - id: callee
        type: u1
enums:
  function_kind:
    0: plain
    1: hook
