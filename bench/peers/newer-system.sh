#!/usr/bin/env bash
# newer-system.sh make FOLDER             a folder with Debian 13's libraries (350 MB), for peers that need newer ones than this system has
# newer-system.sh run FOLDER COMMAND...   runs a command in it; this repository, .NET, /tmp and what EVSNATIVE_SHARED_FOLDERS names (with colons
#                                         between) lie at their own places there
# Both need root, the first also debootstrap and a mirror of Debian: that of this system, or EVSNATIVE_DEBIAN_MIRROR.
set -euo pipefail
what=${1:?make or run}
folder=$(realpath -m "${2:?a folder}")
shift 2

if [ "$what" = make ]; then
    debootstrap --variant=minbase --include=libstdc++6,libgomp1 trixie "$folder" "${EVSNATIVE_DEBIAN_MIRROR:-http://deb.debian.org/debian}" >&2
    exit
fi

# Mounts in a namespace of this command's own are gone when it ends.
if [ "${EVSNATIVE_INSIDE:-}" != "$folder" ]; then
    EVSNATIVE_INSIDE=$folder exec unshare --mount --propagation private "$0" run "$folder" "$@"
fi

repository=$(realpath "$(dirname "$0")/../..")
dotnet=$(dirname "$(dotnet --list-runtimes | sed -n 's/^Microsoft\.NETCore\.App .*\[\(.*\)\]$/\1/p' | tail -1)")
dotnet=$(dirname "$dotnet")
IFS=: read -ra shared <<<"${EVSNATIVE_SHARED_FOLDERS:-}"
for place in /proc /dev /tmp "$repository" "$dotnet" "${shared[@]}"; do
    mkdir -p "$folder$place"
    mount --rbind "$place" "$folder$place"
done
here=$PWD
[ -d "$folder$here" ] || here=/
exec chroot "$folder" /usr/bin/env PATH="$dotnet:/usr/bin:/bin" DOTNET_ROOT="$dotnet" sh -c 'cd "$0" && exec "$@"' "$here" "$@"
