# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Everything of one data folder, opened together: settings, databases, policy, models.

The window and the terminal each open one and pass it on; there is no global one.
"""

import threading
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from strongroom.chat import PolicyFilters, RunningTurns, Session, WholeAnswerCheck
from strongroom.confinement.setup import ProcessSetup
from strongroom.core.errors import UserFacingError
from strongroom.core.events import Listener
from strongroom.core.findings import Direction, FilteredText
from strongroom.core.hub import Download
from strongroom.core.incident import IncidentEvent
from strongroom.core.isolation import Confinement, ProcessReport, ProcessRole
from strongroom.core.paths import DataPaths
from strongroom.core.settings import Settings, load_settings, save_settings
from strongroom.hosting import HostingLimits, Isolation, LoadedModel, MemoryWatch, ModelPool, engine_starter
from strongroom.hub import Hub, require_endpoint
from strongroom.incidents import EgressLedger, IncidentLog, IncidentRecorder
from strongroom.jobs import JobQueue
from strongroom.models import ModelLibrary
from strongroom.policy import Policy, PolicyChange, PolicyInForce, user_layers
from strongroom.storage import ConversationStore, Keys, obtain_keys, open_conversations, set_passphrase
from strongroom.workspace.catalog import Catalog, hub_options
from strongroom.workspace.policy_records import PolicyRecords
from strongroom.workspace.process_reports import (
    helper_report,
    launcher_report,
    main_report,
    measure_helper,
    measure_launcher,
    measure_main,
    private_files,
)
from strongroom.workspace.shelf import Shelf

PassphrasePrompt = Callable[[bool], str | None]


class Workspace:
    """What a door needs, and the only way to a model. Use :meth:`open`, and close it or use ``with``."""

    def __init__(
        self,
        *,
        paths: DataPaths,
        settings: Settings,
        keys: Keys,
        conversations: ConversationStore,
        incidents: IncidentLog,
        egress: EgressLedger,
        policy: PolicyInForce,
        filters: PolicyFilters,
        recorder: IncidentRecorder,
        resources: ExitStack,
        worker_command: Sequence[str] | None = None,
        setup: ProcessSetup | None = None,
    ) -> None:
        self.paths = paths
        self.settings = settings
        self.conversations = conversations
        self.incidents = incidents
        self.policy = policy
        self.filters = filters
        self.recorder = recorder
        self.egress = egress
        self.egress.record_export = self._record_egress_export
        main = setup.main if setup is not None else None
        self.isolation = Isolation(self._policy_now, main, self.recorder)
        self._library = ModelLibrary(paths)
        memory = MemoryWatch()
        self.models = ModelPool(
            self._library,
            self.recorder,
            isolation=self.isolation,
            settings=lambda: self.settings,
            limits=lambda: HostingLimits(is_sealed=self._policy_now().models.sealed_copy),
            look_at_memory=lambda may_use_gpu: memory.look(may_use_gpu=may_use_gpu),
            start_engine=engine_starter(worker_command),
        )
        self.turns = RunningTurns()
        self.storage_note = keys.description
        """How the databases are locked, or that nothing is kept."""
        self.is_persistent = keys.chats is not None
        self._launcher = setup.helper_spawner() if setup is not None else None
        self.jobs = JobQueue(paths.jobs)
        self.hub = Hub(
            paths,
            hub_options(self.settings, self._policy_now()),
            jobs=self.jobs,
            on_verified=self._shelve_download,
            ledger=self.egress,
            spawner=self._launcher,
            admit=self._admit_helper,
        )
        self.shelf = Shelf(self._library, self.hub, self.models, self.recorder, self.jobs)
        self.catalog = Catalog(
            self.hub,
            self._library,
            lambda: self.settings,
            lambda: memory.look(returning=self.models.memory_in_use),
            self._policy_now,
        )
        self._resources = resources
        resources.callback(policy.subscribe(self._on_policy_changed))
        resources.callback(self.models.close)
        resources.callback(self.hub.close)
        resources.callback(self.jobs.close)
        resources.callback(self.hub.subscribe(self.shelf.record_mismatch))

    @classmethod
    def open(
        cls,
        paths: DataPaths,
        *,
        policy_file: Path | None = None,
        passphrase: PassphrasePrompt | None = None,
        worker_command: Sequence[str] | None = None,
        setup: ProcessSetup | None = None,
    ) -> Self:
        """Open everything, or nothing.

        Args:
            paths: The data folder; made if missing.
            policy_file: The policy in force; else the data folder's ``policy.toml``; else the built-in default.
            passphrase: Asked for the passphrase where the databases need one (True: a new one is being chosen).
            worker_command: Another command line than the app's own engine worker.
            setup: How the app has set up its processes; None in a program that uses Strongroom by itself.

        Raises:
            UserFacingError: A key, database, log, setting or policy is not usable; it says which and what to do.
        """
        paths.ensure()
        settings = load_settings(paths.settings)
        keys = obtain_keys(paths, passphrase=passphrase)
        with ExitStack() as resources:
            incidents = IncidentLog.open(
                paths.incidents if keys.incidents else None,
                paths.incident_anchor if keys.incidents else None,
                keys.incidents,
            )
            resources.callback(incidents.close)
            egress = EgressLedger.open(paths, keys.incidents)
            resources.callback(egress.close)
            policy = PolicyInForce(user_layers(paths.policy, policy_file))
            filters = PolicyFilters(policy)
            recorder = IncidentRecorder(incidents, lambda: policy.latest.identity)
            policy.before_change(PolicyRecords(incidents, recorder).write)
            policy_filter = filters.in_force()
            conversations = open_conversations(paths.chats if keys.chats else None, keys.chats)
            resources.callback(conversations.close)
            # What a crash left behind was never checked as a whole; nobody sees it before it is.
            whole = WholeAnswerCheck(policy_filter, recorder.under(policy_filter.identity))
            conversations.recover_interrupted(whole.recovered)
            workspace = cls(
                paths=paths,
                settings=settings,
                keys=keys,
                conversations=conversations,
                incidents=incidents,
                egress=egress,
                policy=policy,
                filters=filters,
                recorder=recorder,
                resources=resources.pop_all(),
                worker_command=worker_command,
                setup=setup,
            )
        if incidents.damage is None:
            try:
                workspace.isolation.record_main()
            except BaseException:
                workspace.close()
                raise
        return workspace

    def start_keeping(self, passphrase: str) -> None:
        """Keep what this session held in memory only, and everything from now on, locked with ``passphrase``.

        Raises:
            UserFacingError: The passphrase is too short, something is kept here already, or it cannot be written. The
                session goes on in memory.
        """
        with self.turns.excluded():
            keys = set_passphrase(self.paths, passphrase)
            assert keys.incidents is not None and keys.chats is not None  # noqa: S101, PT018 - it has just made them
            self.incidents.copy_to(self.paths.incidents, self.paths.incident_anchor, keys.incidents)
            self.conversations.copy_to(self.paths.chats, keys.chats)
            self.egress.keep_in(self.paths, keys.incidents)
            # The stores in memory stay open until the end: another thread may be reading a list from them.
            self.incidents = IncidentLog.open(self.paths.incidents, self.paths.incident_anchor, keys.incidents)
            self._resources.callback(self.incidents.close)
            self.conversations = open_conversations(self.paths.chats, keys.chats)
            self._resources.callback(self.conversations.close)
            self.recorder.use(self.incidents)
            self.storage_note = keys.description
            self.is_persistent = True

    def close(self) -> None:
        """End the worker and close the databases."""
        self._resources.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def loaded(self) -> LoadedModel | None:
        """The loaded model, or None."""
        return self.models.loaded

    def change_settings(self, **values: Any) -> Settings:
        """Check, save and return the changed settings.

        Raises:
            UserFacingError: A value is not accepted; the settings stay as they were.
        """
        changed = self.settings.with_values(**values)
        if changed.hub_endpoint:
            require_endpoint(changed.hub_endpoint)
        save_settings(self.paths.settings, changed)
        self.settings = changed
        self._reach_hub()
        return changed

    def load_model(self, model_id: str = "", *, on_event: Listener, cancel: threading.Event) -> LoadedModel:
        """Verify and load a model; see :meth:`strongroom.hosting.ModelPool.load`."""
        return self.models.load(model_id, on_event=on_event, cancel=cancel)

    def unload_model(self) -> None:
        """End every worker and let go of the models' files."""
        self.models.unload_all()

    def processes(self) -> tuple[ProcessReport, ...]:
        """Return what is known about each process of the app, without trying anything."""
        known = (
            main_report(self.isolation.main),
            *self.models.processes(),
            launcher_report(self._launcher),
            helper_report(self.hub),
        )
        return tuple(report for report in known if report is not None)

    def measure(self, *, cancel: threading.Event) -> tuple[ProcessReport, ...]:
        """Let each process try, now, what it should not be able to do. Takes about a second.

        A worker is started for this where none is loaded; a helper is, unless nothing may be asked of a hub.

        Raises:
            UserFacingError: A process did not answer, or could not be started.
            Cancelled: ``cancel`` was set.
        """
        private = private_files(self.paths)
        helper = measure_helper(self.hub, private, cancel)
        launcher = measure_launcher(self._launcher, private)
        found = (
            measure_main(self.isolation.main, (helper, launcher)),
            *self.models.measure(private, cancel),
            launcher,
            helper,
        )
        return tuple(report for report in found if report is not None)

    def filter_text(self, text: str, direction: Direction) -> FilteredText:
        """Return ``text`` as the policy in force lets it be seen. Records nothing.

        Raises:
            FilterFailure: A detector failed; nothing of the text may be used.
            UserFacingError: No policy is in force.
        """
        return self.filters.in_force().filter_text(text, direction)

    def session(self, conversation_id: int | None = None) -> Session:
        """Return a session for a kept conversation, or for a new one."""
        return Session(self, conversation_id)

    def _policy_now(self) -> Policy:
        return self.policy.current().policy

    def _on_policy_changed(self, _change: PolicyChange) -> None:
        self._reach_hub()

    def _reach_hub(self) -> None:
        """Tell the hub what the settings and the policy say now."""
        try:
            policy = self._policy_now()
        except UserFacingError:
            # Whoever sends hears why there is none. A hub may not be asked then either.
            policy = None
        self.hub.use(hub_options(self.settings, policy))

    def _admit_helper(self, confinement: Confinement) -> None:
        self.isolation.require_main()
        self.isolation.admit(ProcessRole.HELPER, confinement)

    def _record_egress_export(self, format: str, to: str) -> None:
        self.recorder.record_event(IncidentEvent.EXPORTED, log="egress", format=format, to=to)

    def _shelve_download(self, download: Download, paths: tuple[Path, ...]) -> str:
        """Put a download whose parts were all verified on the shelf; called on a thread of the hub."""
        return self._library.add_downloaded(download, download.model, paths, is_verified=True).model_id
