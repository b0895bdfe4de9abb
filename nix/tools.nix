# The programs that a run calls: one list, for the wrapper of the command and for the PATH of a Drone step. A list for each
# would differ one day, and a run fail in one place only.
{ abra, bash, coreutils, curl, docker-client, findutils, git, git-lfs, gnugrep, gnused, gnutar, gzip, nodejs, openssh, openssl, python3, util-linux }:
[ abra bash coreutils curl docker-client findutils git git-lfs gnugrep gnused gnutar gzip nodejs openssh openssl python3 util-linux ]
