meta:
  id: case
  title: Case for the reference driver
  license: MIT OR Apache-2.0
  endian: le
  imports:
    - /channel/type_definitions
    - /channel/channel_file
    - event
doc: |
  What the driver is fuzzed with: a content set, and the event that comes after
  it was loaded. Each part is what its own schema says, in a stream of its own:
  offsets and checksums within it count from its first byte to its last.
seq:
  - id: len_definitions
    type: u4
  - id: definitions
    size: len_definitions
    type: type_definitions
  - id: len_channel
    type: u4
  - id: channel
    size: len_channel
    type: channel_file
  - id: len_event
    type: u4
  - id: event
    size: len_event
    type: event
