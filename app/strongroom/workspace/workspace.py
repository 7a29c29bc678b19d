# SPDX-FileCopyrightText: 2026 The Strongroom authors
# SPDX-License-Identifier: Apache-2.0
"""Everything of one data folder, opened together: settings, databases, policy, models.

The window and the terminal each open one and pass it on; there is no global one.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from strongroom.chat import PolicyFilters, RunningTurns, Session, WholeAnswerCheck
from strongroom.confinement.setup import ProcessSetup
from strongroom.core.errors import UserFacingError
from strongroom.core.hub import Download
from strongroom.core.incident import IncidentEvent
from strongroom.core.isolation import Confinement, ProcessRole
from strongroom.core.paths import DataPaths
from strongroom.core.settings import Settings, load_settings, save_settings
from strongroom.hosting import HostingLimits, Isolation, MemoryWatch, ModelPool, engine_starter
from strongroom.hub import Hub, require_endpoint
from strongroom.incidents import EgressLedger, IncidentLog, IncidentRecorder
from strongroom.jobs import JobQueue
from strongroom.models import ModelLibrary
from strongroom.policy import Policy, PolicyChange, PolicyInForce, user_layers
from strongroom.storage import ConversationStore, Keys, obtain_keys, open_conversations, set_passphrase
from strongroom.workspace.catalog import Catalog, hub_options
from strongroom.workspace.policy_records import PolicyRecords
from strongroom.workspace.process_reports import Processes
from strongroom.workspace.shelf import Shelf

PassphrasePrompt = Callable[[bool], str | None]


class Workspace:
    """The parts of one data folder, made for one another. Use :meth:`open`, and close it or use ``with``.

    A door asks a part for what that part does; nothing is passed through here.

    Attributes:
        paths: Where everything lies.
        settings: Those in force; changed by :meth:`change_settings`.
        conversations: What is kept of every chat.
        incidents: The incident log.
        egress: The log of what was asked of a network.
        policy: The policy in force.
        filters: Its filters.
        recorder: Writes incidents.
        isolation: What the policy asks of every process.
        models: The models in memory, and the only way to one.
        turns: Which conversations are being answered.
        jobs: The long work that goes on.
        hub: Search and download.
        shelf: The known models.
        catalog: The models of a hub, and what they mean here.
        processes: What is known about the app's processes.
        storage_note: How the databases are locked, or that nothing is kept.
        is_persistent: Whether anything is kept.
    """

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
            limits=self._hosting_limits,
            look_at_memory=lambda may_use_gpu: memory.look(may_use_gpu=may_use_gpu),
            start_engine=engine_starter(worker_command),
        )
        self.turns = RunningTurns()
        self.storage_note = keys.description
        self.is_persistent = keys.chats is not None
        launcher = setup.helper_spawner() if setup is not None else None
        self.jobs = JobQueue(paths.jobs)
        self.hub = Hub(
            paths,
            hub_options(self.settings, self._policy_now()),
            jobs=self.jobs,
            on_verified=self._shelve_download,
            ledger=self.egress,
            spawner=launcher,
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
        self.processes = Processes(paths, self.isolation, self.models, self.hub, launcher)
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

    def session(self, conversation_id: int | None = None) -> Session:
        """Return a session for a kept conversation, or for a new one."""
        return Session(self, conversation_id)

    def _policy_now(self) -> Policy:
        return self.policy.current().policy

    def _hosting_limits(self) -> HostingLimits:
        models = self._policy_now().models
        return HostingLimits(is_sealed=models.sealed_copy, most_loaded=models.most_loaded)

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
