#!/bin/sh
# The environment: Debian packages that are missing, .venv, locked requirements. Done again it does nothing.
#
#   setup.sh run     what `make run` needs
#   setup.sh test    what `make test` needs beside it: a browser, PostgreSQL, Redis, a server like CouchDB, the linters
#
# PYTHON names an interpreter; else the first of python3, python3.13, python3.12, python3.11 that is 3.11 or newer.
set -eu
cd "$(dirname "$0")/.."
kind=${1:-run}
case $kind in run | test) ;; *) echo "setup.sh: wanted run or test, found $kind." >&2; exit 2 ;; esac

say() { printf '%s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }
fail() { say "Dossier: $*"; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif have sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then sudo "$@"
  else return 126; fi
}

find_python() {
  for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
    if have "$name" && "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
}

# --- Debian packages

wanted() {
  cat .ci/apt-run.txt
  if [ "$kind" = test ]; then
    { if have chromium || [ -n "${CHROMIUM:-}" ]; then grep -v '^chromium$'; else cat; fi; } <.ci/apt-test.txt |
      { if have npm; then grep -v '^npm$'; else cat; fi; }
  fi
  if [ -z "$python" ]; then echo python3 python3-venv
  elif ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    "$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'
  fi
}

missing() {
  for package in $(wanted); do
    case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) in *" installed") ;; *) echo "$package" ;; esac
  done
}

# Debian starts a server when it installs one, unless this file says no. The tests start their own, on sockets.
quiet_services() {
  policy=/usr/sbin/policy-rc.d
  case $1 in *postgresql* | *redis*) ;; *) return 0 ;; esac
  [ -e $policy ] && return 0
  as_root sh -c "printf '#!/bin/sh\nexit 101\n' >$policy && chmod 755 $policy"
  trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
}

install_packages() {
  packages=$(missing | tr '\n' ' ')
  [ -n "$packages" ] || return 0
  as_root true || fail "these packages are missing, and you are neither root nor have sudo: $packages
Have them installed with: apt-get install --no-install-recommends $packages"
  say "Installing Debian packages: $packages"
  as_root apt-get -qq update || say "Dossier: apt-get update failed; trying with the lists that are there."
  known=""
  for package in $packages; do
    case $(apt-cache policy "$package" 2>/dev/null) in
    "" | *"Candidate: (none)"*) say "Dossier: this system's package lists have no $package; going on without it." ;;
    *) known="$known $package" ;;
    esac
  done
  [ -n "$known" ] || return 0
  quiet_services "$known"
  log=$(mktemp)
  # shellcheck disable=SC2086 -- a list of names
  as_root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y install --no-install-recommends $known >"$log" 2>&1 ||
    { tail -20 "$log" >&2; fail "apt-get could not install:$known"; }
  rm -f "$log"
}

# --- .venv

make_venv() {
  if [ -x .venv/bin/python ] && .venv/bin/python -c 'import pip' 2>/dev/null; then return; fi
  say "Making .venv with $("$python" --version)"
  "$python" -m venv --clear .venv
}

install_requirements() {
  say "Installing the locked requirements of requirements/$kind.txt (a minute on a slow line)"
  .venv/bin/python -m pip install --quiet --no-input --disable-pip-version-check --require-hashes -r "requirements/$kind.txt"
  .venv/bin/python -c 'import weasyprint' >/dev/null 2>&1 ||
    fail "WeasyPrint cannot load the library Pango. On Debian: apt-get install $(tr '\n' ' ' <.ci/apt-run.txt)"
  if [ "$kind" = test ] && ! have chromium && [ -z "${CHROMIUM:-}" ]; then .venv/bin/playwright install chromium; fi
}

# --- pouchdb-server: what it holds is asked for as CouchDB's is. Without npm or a network its tests say that they are skipped.

install_couchdb() {
  there=.cache/couchdb
  key=$(cat .ci/couchdb/package-lock.json | cksum)
  [ "$(cat $there/installed 2>/dev/null)" = "$key" ] && return 0
  have npm || { say "Dossier: no npm, so no pouchdb-server; the tests with CouchDB will be skipped."; return 0; }
  say "Installing pouchdb-server from .ci/couchdb (a minute, once)"
  rm -rf $there
  mkdir -p $there
  cp .ci/couchdb/package.json .ci/couchdb/package-lock.json $there
  if (cd $there && npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-timeout=60000) >.cache/couchdb.log 2>&1 </dev/null; then
    echo "$key" >$there/installed
  else
    tail -3 .cache/couchdb.log >&2
    say "Dossier: npm could not install pouchdb-server; the tests with CouchDB will be skipped. All it said: .cache/couchdb.log"
  fi
}

mkdir -p .cache
if have flock; then # two at once (make run beside make test) take turns
  exec 9>.cache/setup.lock
  flock 9
fi
python=$(find_python)
if have dpkg-query && have apt-get; then install_packages; fi
python=$(find_python)
[ -n "$python" ] || fail "Python 3.11 or newer is needed; found $(python3 --version 2>/dev/null || echo none). PYTHON=… names another."

make_venv
key=$(cat "requirements/$kind.txt" .ci/apt-*.txt .venv/pyvenv.cfg | cksum)
stamp=.venv/.dossier-$kind
if [ "$(cat "$stamp" 2>/dev/null)" != "$key" ]; then
  install_requirements
  echo "$key" >"$stamp"
fi
if [ "$kind" = test ]; then install_couchdb; fi
