meta:
  id: channel
  title: Template types and instances with criteria
  endian: le
  encoding: UTF-8
seq:
  - id: magic
    contents: CHAN
  - id: crc32
    type: u4
    -checksum:
      algorithm: crc32
  - id: num_types
    type: u1
  - id: num_instances
    type: u1
  - id: types
    type: template_type
    repeat: expr
    repeat-expr: num_types
  - id: instances
    type: instance
    repeat: expr
    repeat-expr: num_instances
types:
  template_type:
    seq:
      - id: len_name
        type: u1
      - id: name
        type: str
        size: len_name
      - id: num_fields
        type: u1
  instance:
    seq:
      - id: type_index
        type: u1
      - id: num_criteria
        type: u1
      - id: criteria
        type: criterion
        repeat: expr
        repeat-expr: num_criteria
  criterion:
    seq:
      - id: field_index
        type: u1
      - id: kind
        type: u1
        enum: kind
        valid:
          in-enum: true
      - id: len_pattern
        type: u1
      - id: pattern
        type: str
        size: len_pattern
enums:
  kind:
    0: wildcard
    1: pattern
