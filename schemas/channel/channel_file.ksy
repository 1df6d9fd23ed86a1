meta:
  id: channel_file
  title: Channel file
  license: MIT OR Apache-2.0
  endian: le
  encoding: UTF-8
doc: |
  Template instances, released several times a day: what a sensor looks for,
  given as criteria on the input fields of its template types. The types are
  declared in a file of their own (`type_definitions.ksy`), which is released
  with the sensor.

  The layout is a header, a table of sections and the sections themselves. The
  instances come before the pool of strings that their operands point into.
seq:
  - id: header
    type: header
  - id: sections
    type: section
    repeat: expr
    repeat-expr: header.num_sections
    doc: The section table. The header says which of its entries are in use for what.
    valid:
      expr: >-
        (_index != header.idx_instances or _.kind == section_kind::instances) and
        (_index != header.idx_strings or _.kind == section_kind::strings)
instances:
  instances:
    io: sections[header.idx_instances].body.as<area>._io
    pos: 0
    type: template_instance
    repeat: expr
    repeat-expr: sections[header.idx_instances].num_entries
    doc: The template instances, in the order in which the sensor evaluates them.
  strings:
    value: sections[header.idx_strings]
    doc: The section of the pool of strings.
types:
  header:
    seq:
      - id: magic
        contents: BGCF
      - id: format_version
        type: u2
        valid:
          any-of: [1, 2]
      - id: num_sections
        type: u2
        valid:
          min: 2
          max: 16
      - id: channel_number
        type: u4
        doc: Which channel this is; a later file of the same channel replaces it.
      - id: idx_instances
        type: u2
        doc: Entry of the section table that holds the template instances.
        valid:
          expr: _ < num_sections
      - id: idx_strings
        type: u2
        doc: Entry of the section table that holds the pool of strings.
        valid:
          expr: _ < num_sections
      - id: build_stamp
        type: u8
        doc: When the file was built, in seconds since 1970-01-01 UTC.
      - id: crc32
        type: u4
        doc: CRC-32 (as in zlib) of the whole file, these four bytes counted as zero.
        -checksum:
          algorithm: crc32
          start: 0
          end: _io.size
          own-bytes: zero
      - id: release
        type: release
        if: format_version >= 2
  release:
    doc: How the file is rolled out. Since format version 2.
    seq:
      - id: number
        type: u4
        doc: Counts the releases of this channel.
      - id: ring
        type: u1
        enum: ring
        valid:
          in-enum: true
      - id: reserved
        contents: [0, 0, 0]
  section:
    seq:
      - id: kind
        type: u2
        enum: section_kind
        valid:
          in-enum: true
      - id: reserved
        type: u2
        valid: 0
      - id: num_entries
        type: u4
        doc: How many entries the section has; 0 for the pool of strings, which is no list.
        valid:
          expr: _ == 0 or kind != section_kind::strings
      - id: ofs_body
        type: u4
        doc: Where the section begins, in bytes from the start of the file.
      - id: len_body
        type: u4
    instances:
      body:
        io: _root._io
        pos: ofs_body
        size: len_body
        type:
          switch-on: kind
          cases:
            section_kind::instances: area
            section_kind::strings: string_pool
            section_kind::notes: note_list
  area:
    doc: A stretch of bytes that others parse; see the instance `instances` of the file.
  string_pool:
    doc: |
      Bytes that operands refer to by offset and length, without terminators.
      Each byte belongs to some operand's string.
  note_list:
    doc: Where the content of the file comes from. For people; the sensor skips it.
    seq:
      - id: notes
        type: note
        repeat: expr
        repeat-expr: _parent.num_entries
  note:
    seq:
      - id: kind
        type: u1
        enum: note_kind
        valid:
          in-enum: true
      - id: text
        type: strz
  template_instance:
    doc: What one detection looks for. It matches an event when all of its criteria do.
    seq:
      - id: id
        type: u4
        doc: Number of the detection, the same in every release.
      - id: type_index
        type: u2
        doc: Index of the template type in the definitions that the sensor has.
      - id: flags
        type: u2
        doc: What to do about a match (1 report it, 2 attach the event, 4 block it).
        valid:
          max: 7
      - id: num_criteria
        type: u2
      - id: confidence
        type: u1
        if: _root.header.format_version >= 2
        doc: In percent. Since format version 2.
        valid:
          max: 100
      - id: criteria
        type: criterion
        repeat: expr
        repeat-expr: num_criteria
  criterion:
    doc: What an instance asks of one input field.
    seq:
      - id: field_index
        type: u2
        doc: Index of the input field in the template type's list.
      - id: kind
        type: u1
        enum: criterion_kind
        valid:
          in-enum: true
      - id: len_operand
        type: u1
        doc: In bytes; lets readers step over what they do not evaluate.
        valid:
          expr: >-
            _ == (kind == criterion_kind::wildcard ? 0 :
            kind == criterion_kind::range ? 16 : 8)
      - id: operand
        size: len_operand
        type:
          switch-on: kind
          cases:
            criterion_kind::wildcard: no_operand
            criterion_kind::exact: string_ref
            criterion_kind::prefix: string_ref
            criterion_kind::range: value_range
            criterion_kind::pattern: string_ref
  no_operand:
    doc: A wildcard has nothing to compare with.
  value_range:
    doc: Numbers that match, both ends included.
    seq:
      - id: lo
        type: u8
      - id: hi
        type: u8
        valid:
          min: lo
  string_ref:
    doc: |
      A string of the pool. The pool lies behind the instances, so the string is
      read when it is asked for. Operands may share a string.
    seq:
      - id: ofs_text
        type: u4
        doc: In bytes from the start of the pool.
        valid:
          max: _root.strings.len_body
      - id: len_text
        type: u4
        doc: In bytes, not characters.
        valid:
          min: 1
          max: _root.strings.len_body - ofs_text
    instances:
      text:
        io: _root.strings.body.as<string_pool>._io
        pos: ofs_text
        size: len_text
        type: str
enums:
  section_kind:
    1: instances
    2: strings
    3: notes
  note_kind:
    1: author
    2: ticket
    3: remark
  ring:
    0: canary
    1: early
    2: general
  criterion_kind:
    0:
      id: wildcard
      doc: Matches whatever the field holds; the field is not looked at.
    1:
      id: exact
      doc: The field is the string.
    2:
      id: prefix
      doc: The field begins with the string.
    3:
      id: range
      doc: The field is a number of the range.
    4:
      id: pattern
      doc: The field matches the string, in which `*` and `?` stand for any text and any character.
