"""What the notifier does: raise alerts, correct them, tell operators, deliver, hold back, and replay what failed."""

from services.notifier.use_cases.correcting import Corrector
from services.notifier.use_cases.dispatching import Dispatched, Dispatcher
from services.notifier.use_cases.notifier import Notifier
from services.notifier.use_cases.patience import Patience
from services.notifier.use_cases.raising import AlertRaiser
from services.notifier.use_cases.rulebook import Rulebook
from services.notifier.use_cases.sending import Sending
from services.notifier.use_cases.settling import Settler
from services.notifier.use_cases.telling import OperatorTeller

__all__ = [
    "AlertRaiser",
    "Corrector",
    "Dispatched",
    "Dispatcher",
    "Notifier",
    "OperatorTeller",
    "Patience",
    "Rulebook",
    "Sending",
    "Settler",
]
