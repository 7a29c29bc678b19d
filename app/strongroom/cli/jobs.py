# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""``strongroom jobs``: long work that was begun, here or in the window: listed, gone on with, paused, cancelled."""

import threading
from typing import TYPE_CHECKING, Annotated, Any

import typer

from strongroom.cli.invocation import guarded, invocation_of
from strongroom.cli.job_bar import JobBar
from strongroom.cli.output import notice, say, say_json, say_table
from strongroom.cli.turns import run_stoppable
from strongroom.core.errors import Cancelled, UserFacingError
from strongroom.core.statement import statement_to_json
from strongroom.jobs import Job, JobState
from strongroom.words import explain

if TYPE_CHECKING:
    from strongroom.jobs import JobQueue

app = typer.Typer(help="List long work such as downloads, go on with it, pause or cancel it.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
JobId = Annotated[str, typer.Argument(metavar="ID", help="As in strongroom jobs list.")]

_LOOK_S = 0.1


@app.command("list")
@guarded
def list_jobs(context: typer.Context, as_json: AsJson = False) -> None:
    """List the jobs, the oldest first. Those that are done or cancelled are listed for a day."""
    with invocation_of(context).workspace() as workspace:
        jobs = workspace.jobs.all()
    if as_json:
        say_json([_fields(job) for job in jobs])
        return
    say_table(
        ("ID", "KIND", "NAME", "STATE", "DONE", "SINCE"),
        [(job.job_id, job.kind, job.name, _state(job), _share(job), job.ended_at or job.created_at) for job in jobs],
    )
    if not jobs:
        notice("There are no jobs.")


@app.command("resume")
@guarded
def resume_job(context: typer.Context, job_id: JobId, as_json: AsJson = False) -> None:
    """Go on with a job that was paused, interrupted or cancelled, or try again one that failed. Ctrl+C pauses it."""
    with invocation_of(context).workspace() as workspace:
        jobs = workspace.jobs
        jobs.resume(job_id)
        ended = run_stoppable(lambda _on_event, stop: _follow(jobs, job_id, stop), lambda _event: None)
    if as_json:
        say_json(_fields(ended))
    elif ended.state is JobState.DONE:
        say(f"{ended.name}: done", style="green")
    if ended.state is not JobState.DONE:
        if ended.problem is None:
            raise Cancelled
        raise UserFacingError(ended.problem.code, **ended.problem.facts)


@app.command("pause")
@guarded
def pause_job(context: typer.Context, job_id: JobId) -> None:
    """Pause a job. One that another window or terminal works on can be paused only there."""
    with invocation_of(context).workspace() as workspace:
        job = workspace.jobs.pause(job_id)
    say(f"{job.name}: {_state(job)}")


@app.command("cancel")
@guarded
def cancel_job(context: typer.Context, job_id: JobId) -> None:
    """Drop a job. What was done is kept for a day; until then strongroom jobs resume goes on with it."""
    with invocation_of(context).workspace() as workspace:
        job = workspace.jobs.cancel(job_id)
    say(f"{job.name}: {_state(job)}")


def _follow(jobs: "JobQueue", job_id: str, stop: threading.Event) -> Job:
    bar = JobBar()
    try:
        while True:
            job = jobs.get(job_id)
            if not job.state.is_active:
                return job
            bar.show(f"{job.name} {job.note or job.state.value}", job.progress.done, job.progress.total)
            if stop.wait(_LOOK_S):
                jobs.pause(job_id)
                raise Cancelled
    finally:
        bar.close()


def _state(job: Job) -> str:
    state = f"{job.state.value} elsewhere" if job.is_elsewhere else job.state.value
    return f"{state}: {explain(job.problem).title}" if job.problem is not None else state


def _share(job: Job) -> str:
    return f"{job.progress.done / job.progress.total:.0%}" if job.progress.total else "-"


def _fields(job: Job) -> dict[str, Any]:
    return {
        "job_id": job.job_id,
        "kind": job.kind,
        "name": job.name,
        "state": job.state.value,
        "is_elsewhere": job.is_elsewhere,
        "done": job.progress.done,
        "total": job.progress.total,
        "unit": job.unit.value,
        "priority": job.priority.value,
        "created_at": job.created_at,
        "started_at": job.started_at,
        "ended_at": job.ended_at,
        "problem": statement_to_json(job.problem) if job.problem is not None else None,
        "message": explain(job.problem).message if job.problem is not None else "",
    }
