#!/bin/sh
# One process of Dossier: web, worker or beat. The only place that knows how each is started:
# `make run`, the image and the tests all call it. Anything else is a command of manage.py.
#
#   serve.sh web [gunicorn's options]      PORT (8000), BIND (all addresses), WEB_PROCESSES (2)
#   serve.sh worker [celery's options]     WORKER_PROCESSES (2); -B has beat inside, for one single worker
#   serve.sh beat [celery's options]
#   serve.sh migrate | check | …
set -eu
cd "$(dirname "$0")/.."
python=${PYTHON:-$PWD/.venv/bin/python}
export DJANGO_SETTINGS_MODULE="${DJANGO_SETTINGS_MODULE:-portal.project.settings}"
var=${DOSSIER_VAR:-$PWD/var}
role=${1:?web, worker, beat, or a command of manage.py}
shift

case $role in
web)
  exec "$python" -m gunicorn portal.project.wsgi --bind "${BIND:-0.0.0.0}:${PORT:-8000}" \
    --workers "${WEB_PROCESSES:-2}" --threads 4 --preload --worker-tmp-dir /tmp --max-requests 2000 --max-requests-jitter 200 \
    --no-control-socket --log-level warning "$@"
  ;;
worker)
  mkdir -p "$var"
  exec "$python" -m celery --app tasks.celery --quiet --skip-checks worker --concurrency "${WORKER_PROCESSES:-2}" --loglevel "${LOG_LEVEL:-INFO}" \
    --without-gossip --without-mingle --without-heartbeat --schedule "$var/beat-schedule" "$@"
  ;;
beat)
  mkdir -p "$var"
  exec "$python" -m celery --app tasks.celery --quiet --skip-checks beat --loglevel "${LOG_LEVEL:-INFO}" --schedule "$var/beat-schedule" --pidfile= "$@"
  ;;
*)
  exec "$python" manage.py "$role" "$@"
  ;;
esac
