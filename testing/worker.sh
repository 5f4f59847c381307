#!/bin/sh
# Stands in for node where Vitest starts a worker: the same node, in network and mount namespaces of its own.
exec unshare --net --mount -- "$(dirname "$0")/../scripts/enter-namespace.sh" node "$@"
