#!/bin/sh
# In fresh network and mount namespaces: a /run and a home of their own, loopback up; then becomes the command.
set -e
mount -t tmpfs tmpfs /run
mkdir /run/home
export HOME=/run/home
ip link set lo up
exec "$@"
