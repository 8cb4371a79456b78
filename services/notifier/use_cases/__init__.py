"""What the notifier does: raise alerts, tell operators, deliver both, and put given-up deliveries back in line."""

from services.notifier.use_cases.dispatching import Dispatched, Dispatcher, Patience
from services.notifier.use_cases.notifier import Notifier
from services.notifier.use_cases.raising import AlertRaiser
from services.notifier.use_cases.rulebook import Rulebook
from services.notifier.use_cases.telling import OperatorTeller

__all__ = ["AlertRaiser", "Dispatched", "Dispatcher", "Notifier", "OperatorTeller", "Patience", "Rulebook"]
