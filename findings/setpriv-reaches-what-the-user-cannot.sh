#!/bin/sh
# util-linux 2.38.1 (Debian 12): `setpriv --reuid=USER … PROGRAM` runs a program that USER can't reach.
#
# Seen: PROGRAM lies in a folder of mode 700 that is root's. `setpriv --reuid=65534 --regid=65534
# --clear-groups PROGRAM` exits 0; `runuser -u nobody -- PROGRAM` exits 1, "Permission denied"; and
# inside the setpriv the same folder can't be listed. setpriv keeps root's capabilities over the change
# of user and loses them at the exec itself, so the way to the program is walked with root's rights.
#
# Why it matters: whoever asks with setpriv whether a service's user can run an interpreter hears yes
# where systemd's User= then fails with 203/EXEC, as with a Python in root's home. A script with a
# #! line hides it: its interpreter opens the script as USER, and fails.
#
# Needs root. Fails where the behaviour has changed.
set -eu
[ "$(id -u)" -eq 0 ] || { echo "needs root"; exit 2; }
closed=$(mktemp -d)
trap 'rm -rf "$closed"' EXIT
cp /bin/true "$closed/program"
chmod 700 "$closed"
cd /
setpriv --reuid=65534 --regid=65534 --clear-groups "$closed/program" ||
    { echo "changed: setpriv refuses, as the user would"; exit 1; }
if setpriv --reuid=65534 --regid=65534 --clear-groups ls "$closed" 2>/dev/null; then
    echo "changed: the user may enter the folder"; exit 1
fi
if runuser -u nobody -- "$closed/program" 2>/dev/null; then
    echo "changed: runuser reaches it, too"; exit 1
fi
setpriv --version
echo "as described: setpriv reached what runuser could not"
