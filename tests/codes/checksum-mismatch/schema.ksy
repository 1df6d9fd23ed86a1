meta:
  id: example
  endian: le
seq:
  - id: crc32
    type: u4
    -checksum:
      algorithm: crc32
      start: 4
      end: _io.size
  - id: body
    size-eos: true
