"""Running a plan: every step as soon as what it awaits is answered, by a few workers at once."""

from __future__ import annotations

import heapq
import threading
from collections import defaultdict
from collections.abc import Callable

from deploy.replay.client import Answer, Client, Refusal
from deploy.replay.plan import Plan

WORKERS = 6  # as many requests at once; two cores have enough to do with them


class Runner:
    """Hands out steps in the plan's order among those that are ready."""

    def __init__(self, plan: Plan, client: Client, done: Callable[[int], None] = lambda _: None) -> None:
        """`done` is told how many more steps have been answered."""
        self.plan, self.client, self.done = plan, client, done
        self.answers: dict[str, Answer] = {}
        self._order = {name: index for index, name in enumerate(plan.steps)}
        self._names = list(plan.steps)
        self._missing = {name: len(step.awaits) for name, step in plan.steps.items()}
        self._waiting: dict[str, list[str]] = defaultdict(list)
        for name, step in plan.steps.items():
            for awaited in step.awaits:
                self._waiting[awaited].append(name)
        self._ready = [self._order[name] for name, missing in self._missing.items() if not missing]
        heapq.heapify(self._ready)
        self._change = threading.Condition()
        self._failed: BaseException | None = None

    def run(self, workers: int = WORKERS) -> dict[str, Answer]:
        """All answers by step. Raises the first Refusal, after the requests under way have ended."""
        threads = [
            threading.Thread(target=self._work, daemon=True)
            for _ in range(min(workers, len(self._names) or 1))
        ]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.2)  # lets ^C through
        except BaseException:
            self._fail(KeyboardInterrupt())
            raise
        if self._failed:
            raise self._failed
        return self.answers

    def _work(self) -> None:
        while (name := self._next()) is not None:
            try:
                answer = self.client.send(self.plan, self.plan.steps[name], self.answers)
            except Refusal as refusal:
                self._fail(refusal)
                return
            except Exception as error:
                self._fail(RuntimeError(f"{name}: {type(error).__name__}: {error}"))
                return
            self._answered(name, answer)

    def _next(self) -> str | None:
        """The next step that can be sent; None at the end."""
        with self._change:
            while not self._ready and not self._failed and len(self.answers) < len(self._names):
                self._change.wait()
            if self._failed or not self._ready:
                return None
            return self._names[heapq.heappop(self._ready)]

    def _answered(self, name: str, answer: Answer) -> None:
        with self._change:
            self.answers[name] = answer
            for waiting in self._waiting[name]:
                self._missing[waiting] -= 1
                if not self._missing[waiting]:
                    heapq.heappush(self._ready, self._order[waiting])
            self._change.notify_all()
        self.done(1)

    def _fail(self, error: BaseException) -> None:
        with self._change:
            self._failed = self._failed or error
            self.client.stopping.set()
            self._change.notify_all()
