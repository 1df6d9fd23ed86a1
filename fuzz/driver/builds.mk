# The builds of the reference driver, and what each is compiled with.

BUILDS = legacy checked legacy-21 legacy-in-32 legacy-without-ipc
DEFINES-legacy =
DEFINES-checked = -DBOOTGATE_CHECKED
DEFINES-legacy-21 = -DBOOTGATE_INPUTS_IPC=21
# An array of 32 of which 20 are filled in: its length says nothing.
DEFINES-legacy-in-32 = -DBOOTGATE_STORAGE_IPC=32
# Older than the IPC type.
DEFINES-legacy-without-ipc = -DBOOTGATE_INPUTS_IPC=0
