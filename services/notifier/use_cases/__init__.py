"""What the notifier does: raise alerts, deliver them, and put given-up deliveries back in line."""

from services.notifier.use_cases.dispatching import Dispatched, Dispatcher, Patience
from services.notifier.use_cases.notifier import Notifier
from services.notifier.use_cases.raising import AlertRaiser
from services.notifier.use_cases.rulebook import Rulebook

__all__ = ["AlertRaiser", "Dispatched", "Dispatcher", "Notifier", "Patience", "Rulebook"]
