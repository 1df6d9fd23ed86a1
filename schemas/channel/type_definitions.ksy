meta:
  id: type_definitions
  title: Template type definitions
  license: MIT OR Apache-2.0
  endian: le
  encoding: ASCII
doc: |
  The template types that a sensor release knows: for each its name and the
  input fields that its instances may have criteria on. Released together with
  the sensor, and read by it again at each start.

  What is declared here is what content may mention. How many of these fields
  the sensor's code really supplies is not said here, and cannot be: that is a
  property of a build, not of a file.
seq:
  - id: header
    type: header
  - id: types
    type: template_type
    repeat: expr
    repeat-expr: header.num_types
    doc: Channel files name a template type by its index in this list.
types:
  header:
    seq:
      - id: magic
        contents: BGTD
      - id: format_version
        type: u2
        valid: 1
      - id: num_types
        type: u2
        valid:
          min: 1
          max: 256
      - id: build_stamp
        type: u8
        doc: When the definitions were built, in seconds since 1970-01-01 UTC.
      - id: crc32
        type: u4
        doc: CRC-32 (as in zlib) of the whole file, these four bytes counted as zero.
        -checksum:
          algorithm: crc32
          start: 0
          end: _io.size
          own-bytes: zero
  template_type:
    doc: A capability that is compiled into the sensor, and the fields that it reports.
    seq:
      - id: id
        type: u2
        doc: Number of the type, the same in every release; for logs and support.
      - id: len_name
        type: u1
        valid:
          min: 1
          max: 32
      - id: name
        type: str
        size: len_name
        doc: Name of the type in lower case, such as `ipc`.
      - id: num_fields
        type: u2
        valid:
          min: 1
          max: 64
      - id: fields
        type: field_definition
        repeat: expr
        repeat-expr: num_fields
  field_definition:
    doc: One input field. Criteria name it by its index in its type's list.
    seq:
      - id: kind
        type: u1
        enum: data_kind
        valid:
          in-enum: true
      - id: len_name
        type: u1
        valid:
          min: 1
          max: 32
      - id: name
        type: str
        size: len_name
enums:
  data_kind:
    1:
      id: text
      doc: UTF-8, compared without regard to case.
    2:
      id: path
      doc: A path of the file system, in the kernel's own form.
    3:
      id: number
      doc: Unsigned, up to 64 bits.
    4:
      id: flags
      doc: A set of bits, up to 64.
    5:
      id: timestamp
      doc: Seconds since 1970-01-01 UTC.
    6:
      id: digest
      doc: A file digest, in lower-case hexadecimal.
