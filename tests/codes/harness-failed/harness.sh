#!/bin/sh
echo no license >&2
exit 2
