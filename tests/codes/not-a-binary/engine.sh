#!/bin/sh
exec /opt/engine/start
