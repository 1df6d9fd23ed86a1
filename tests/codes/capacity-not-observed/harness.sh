#!/bin/sh
# It takes everything, and says nothing of what it reads.
exit 0
