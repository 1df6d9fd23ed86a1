meta:
  id: stamp
  title: The version stamp of a set of signatures
  endian: le
seq:
  - id: magic
    contents: STMP
  - id: crc32
    type: u4
    -checksum:
      algorithm: crc32
  - id: version
    type: u4
    doc: Year, month, day and a number, each two digits but the last, which has four.
  - id: num_signatures
    type: u4
  - id: len_signatures
    type: u4
  - id: signatures
    size: len_signatures
