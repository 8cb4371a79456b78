"""Sentences that reach a page from elsewhere in the house, gathered here so that they are translated."""

from __future__ import annotations

from services.desk.pages.languages import marked as _

ROLES = (
    _("Officer"),
    _("Admin"),
    _("Operator"),
    _("Owner"),
    _("an officer"),
    _("an admin"),
    _("an operator"),
    _("an owner"),
)
SOURCE_STATES = (
    _("new"),
    _("fine"),
    _("paused"),
    _("empty"),
    _("silent"),
    _("failing"),
    _("gone"),
    _("blocked"),
    _("refused"),
    _("robots.txt"),
    _("moved"),
    _("not a feed"),
    _("other language"),
    _("throttled"),
)
STAGES = (  # further ones than pages/words.py spells otherwise
    _("proposed"),
    _("announced"),
    _("target set"),
    _("negotiation started"),
    _("finalised"),
    _("approved internally"),
    _("initialled"),
    _("signed"),
    _("adopted"),
    _("first meeting"),
    _("meeting held"),
    _("protocol signed"),
    _("elevated"),
    _("construction expected"),
    _("site preparation"),
    _("submitted for ratification"),
    _("delivery expected"),
    _("postponed"),
    _("delivery started"),
    _("operational"),
    _("expired"),
)
COMING_IN = (
    _("Too many tries."),
    _("Wait %(n)s seconds, then try again."),
    _("Wait %(n)s second, then try again."),
    _("Wait %(n)s minutes, then try again."),
    _("Wait %(n)s minute, then try again."),
    _("Password has %(n)s characters."),
    _("Give at least %(n)s; a few words that you remember will do."),
    _("Password is made of what others would try first."),
    _("Names, common words, rows of keys and repetitions count for nothing; add words of your own."),
    _("Password was not repeated as it is."),
    _("Type the same password in both fields."),
    _("Mail address is no mail address."),
    _("Mail address is too long."),
    _("Give one like asha@example.org."),
    _("Give at most %(n)s characters."),
    _("Give at most %(n)s."),
    _("Name looks like a mail address."),
    _("Give the person's name; the address has its own place."),
    _("Code is not the one of now."),
    _("Type the six digits that the app shows now; its clock and ours must be right."),
)
PROBLEMS = (
    _("This alert is not known"),
    _("There is no page here"),
    _("Check the address, or go back to the first page."),
    _("Go back to the first page."),
    _("The database cannot be reached"),
    _(
        "Nothing is lost. Try again in a few seconds; if it stays so, look whether the database runs and "
        "whether PACTWATCH_DATABASE_URL is right."
    ),
    _("Something went wrong on our side"),
    _("It stands in the log of the desk. Try again; if it stays so, show that log to whoever runs this desk."),
    _("Your role does not allow this"),
    _("It is for officers, admins and owners. Ask an owner of this desk to change your role."),
    _("It is for admins and owners. Ask an owner of this desk to change your role."),
    _("It is for operators and owners. Ask an owner of this desk to change your role."),
    _("It is for owners. Ask an owner of this desk to change your role."),
    _("This form was not taken"),
    _(
        "The page was open for too long, or something else sent it. Go back, load the page again, and send it once "
        "more; the browser must keep cookies of this desk. Behind a proxy: it must pass on the Host that was asked."
    ),
    _("Bad Request"),
    _("Not Found"),
    _("Method Not Allowed"),
    _("Request Timeout"),
    _("Unsupported Media Type"),
)
SUBSCRIPTIONS = (
    _("No mail address is known."),
    _("Give one, or ask an admin to add it."),
    _("Choose the rule alone, or take it back: agreements, sectors and the rest make a rule of their own."),
    _("The rule stands beside something else to hear of."),
    _("Tick at least one agreement, sector, stage, source or country, or choose a rule."),
    _("What to hear of is not chosen yet."),
    _("Where is not chosen yet."),
    _("Where is for admins to set up."),
    _("Ask an admin, or choose another way."),
    _("Leave it empty for your own address, or ask an admin."),
    _("Tell an operator of this desk."),
    _("Tell an operator."),
)
