"""The worker of the tests: a real process on the tests' own database, and it can be killed."""

import uuid

import pytest

from portal.project import celery


def test_a_worker_takes_what_this_process_sends_and_keeps_its_clock(worker):
    celery.send_task("dossier.work", kwargs={"step_id": str(uuid.uuid4())})

    worker.wait_until(lambda: "Task dossier.work" in worker.said, "the worker to take a step")
    worker.wait_until(lambda: "Task dossier.tick" in worker.said, "the clock to tick", seconds=20)


def test_a_killed_worker_leaves_nothing_and_starts_again(worker):
    children = worker.children
    assert len(children) >= 2

    worker.kill()

    assert not any(child.is_running() and child.status() != "zombie" for child in children)
    assert not worker.alive
    worker.start()
    assert worker.alive


def test_waiting_for_a_worker_that_died_fails_at_once_with_its_log(worker):
    worker.process.kill()

    with pytest.raises(AssertionError, match="The worker ended while waiting for never"):
        worker.wait_until(lambda: False, "never")
