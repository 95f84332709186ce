"""A loaded model that is lent to answers, and closed once none of them uses it any more."""

import threading

from assistant.errors import StoppedError
from assistant.local_models.setup import ClosableModel
from assistant.settings import Settings


class LoanedModel:
    """A loaded model and how many answers use it.

    Every method may be called from any thread.

    Attributes:
        model: The model.
        settings: With which it was loaded.
    """

    def __init__(self, model: ClosableModel, settings: Settings) -> None:
        """Take over a model; it is closed by ``retire`` or ``close``."""
        self.model = model
        self.settings = settings
        self._changed = threading.Condition()
        self._n_users = 0
        self._is_retired = False

    def take(self) -> None:
        """Count one more user, who calls ``give_back`` afterwards."""
        with self._changed:
            self._n_users += 1

    def give_back(self) -> None:
        """Count one user less; the last of a retired model closes it."""
        with self._changed:
            self._n_users -= 1
            is_last = self._is_retired and self._n_users == 0
            self._changed.notify_all()
        if is_last:
            self.model.close()

    def retire(self) -> None:
        """Close the model, now or as soon as nobody uses it."""
        with self._changed:
            self._is_retired = True
            is_unused = self._n_users == 0
        if is_unused:
            self.model.close()

    @property
    def is_used(self) -> bool:
        """Whether anybody uses it now."""
        with self._changed:
            return self._n_users > 0

    def wait_until_unused(self, cancelled: threading.Event) -> None:
        """Wait until nobody uses the model.

        Raises:
            StoppedError: ``cancelled`` was set.
        """
        with self._changed:
            while self._n_users:
                if cancelled.is_set():
                    raise StoppedError("The load was stopped while an answer was under way.")
                # A stop sets the event without a word to this condition, hence the short wait.
                self._changed.wait(0.1)
