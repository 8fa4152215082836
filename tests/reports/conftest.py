"""Documents are made in this process: one that is started reads all modules first, for seconds."""

import pickle
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from types import TracebackType

import pytest

from evalsvc.reports.documents import filling


class InThisProcess:
    """A pool of processes, but for the processes: what is sent to one must bear the sending."""

    def __init__(self, *_arguments: object, **_settings: object) -> None: ...

    def __enter__(self) -> "InThisProcess":
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None: ...

    def map(self, act: Callable[..., bytes], *given: Iterable[object]) -> Iterator[bytes]:
        for each in zip(*given, strict=False):
            yield act(*pickle.loads(pickle.dumps(each)))  # noqa: S301 (our own, just written)


@pytest.fixture(autouse=True, scope="package")
def documents_in_this_process() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(filling, "ProcessPoolExecutor", InThisProcess)
        yield


@pytest.fixture
def in_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the service after all."""
    monkeypatch.setattr(filling, "ProcessPoolExecutor", ProcessPoolExecutor)
