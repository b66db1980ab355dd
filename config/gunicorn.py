"""How gunicorn runs the pages: `gunicorn --config config/gunicorn.py wsgi:app`.

Several processes of several threads; HUP changes them for new ones without a lost request, TERM
answers what has come in for 15 seconds at most.
"""

import os
import tempfile

# The counts of all processes are added up in one folder, made anew at each start.
if os.environ.get("METRICS_BIND") and "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = tempfile.mkdtemp(prefix="placements-metrics-")

bind = os.environ.get("BIND", f"127.0.0.1:{os.environ.get('PORT', '8000')}")
worker_class = "gthread"
# Python makes one page at a time in a process: twice as many as there are processors share them
# evenly, and a long page holds up fewer.
workers = int(os.environ.get("WEB_CONCURRENCY") or 2 * (os.cpu_count() or 1))
threads = 4
timeout = 60
graceful_timeout = 15
# A line kept open is lost with the process that is renewed, and whoever asks on it at that instant.
keepalive = 0
max_requests, max_requests_jitter = 20_000, 2_000
# The service writes its own line for each request, without addresses.
accesslog = None
# Signals alone control it: no socket in somebody's home folder.
control_socket_disable = True
# A page's body goes through memory, not through a folder that may be a slow disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None


def on_starting(_server: object) -> None:
    """Refuse an unsafe setting and a schema of another version before a port is opened."""
    import sys

    from placements import create_app
    from placements.cli_serve import check_start
    from placements.domain.errors import Refusal
    from placements.logs import log_as_json
    from placements.settings import UnsafeSetting, load_settings

    try:
        check_start(create_app(load_settings(os.environ)))
    except (UnsafeSetting, Refusal) as refused:
        print(f"placements: {refused}", file=sys.stderr)
        sys.exit(78 if isinstance(refused, UnsafeSetting) else 2)
    log_as_json()


def when_ready(_server: object) -> None:
    """Serve the figures from the first process, which outlives the others."""
    from placements import create_app
    from placements.settings import load_settings
    from placements.web.metrics import serve_metrics

    serve_metrics(create_app(load_settings(os.environ)))


def post_fork(_server: object, _worker: object) -> None:
    """Write JSON lines in each process."""
    from placements.logs import log_as_json

    log_as_json()


def child_exit(_server: object, worker: object) -> None:
    """Forget the gauges of a process that ended; its counts stay."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client import multiprocess

        multiprocess.mark_process_dead(worker.pid)
