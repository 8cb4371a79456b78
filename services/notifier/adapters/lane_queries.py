"""Which deliveries go next: the oldest of each address, so that a long queue for one address stands in no other's way.

The addresses that wait are found by leaps through an index (a recursive query that asks for the next greater one), so a
look costs as many steps as addresses wait, however many deliveries there are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, Integer, Text, Uuid, bindparam, text

from services.notifier.domain.room import FIRST_TRUST
from services.notifier.domain.standing import Lane
from shared.store.base import UtcDateTime
from shared.store.unit_of_work import Work

_PICK = text("""
WITH RECURSIVE lanes (channel, address) AS (
    (SELECT channel, address FROM deliveries
      WHERE state IN ('pending', 'sending', 'retry') ORDER BY channel, address LIMIT 1)
    UNION ALL
    SELECT following.channel, following.address FROM lanes CROSS JOIN LATERAL (
        SELECT each.channel, each.address FROM deliveries AS each
         WHERE each.state IN ('pending', 'sending', 'retry')
           AND (each.channel, each.address) > (lanes.channel, lanes.address)
         ORDER BY each.channel, each.address LIMIT 1) AS following
), open_lanes AS (
    SELECT lanes.channel, lanes.address, coalesce(known.room, :usual_room) AS room
      FROM lanes
      LEFT JOIN unnest(:channels, :addresses, :rooms) AS known (channel, address, room)
        ON known.channel = lanes.channel AND known.address = lanes.address
     WHERE coalesce(known.room, :usual_room) > 0
       AND NOT EXISTS (SELECT 1 FROM channel_states AS standing
            WHERE standing.channel = lanes.channel AND standing.address = lanes.address
              AND standing.quiet_until > :now)
       AND CASE WHEN lanes.channel = 'webhook'
                THEN lower(coalesce(substring(lanes.address FROM '^[A-Za-z]+://([^/?#]+)'), lanes.address))
                ELSE lanes.channel END <> ALL (:full_targets)
)
SELECT picked.delivery_id
  FROM open_lanes CROSS JOIN LATERAL (
    SELECT due.delivery_id, due.next_try_at FROM deliveries AS due
     WHERE due.channel = open_lanes.channel AND due.address = open_lanes.address
       AND due.state IN ('pending', 'sending', 'retry') AND due.next_try_at <= :now
       AND (due.state <> 'sending' OR due.leased_until < :now)
       AND due.delivery_id <> ALL (:without)
     ORDER BY due.next_try_at LIMIT open_lanes.room) AS picked
 ORDER BY picked.next_try_at LIMIT :most
""").bindparams(
    bindparam("channels", type_=ARRAY(Text())),
    bindparam("addresses", type_=ARRAY(Text())),
    bindparam("rooms", type_=ARRAY(Integer())),
    bindparam("usual_room", type_=Integer()),
    bindparam("now", type_=UtcDateTime()),
    bindparam("full_targets", type_=ARRAY(Text())),
    bindparam("without", type_=ARRAY(Uuid())),
    bindparam("most", type_=Integer()),
)


class LaneQueries(Work):
    """Who is next."""

    async def pick(
        self,
        now: datetime,
        most: int,
        rooms: Mapping[Lane, int],
        full_targets: Collection[str],
        without: Collection[UUID],
    ) -> tuple[UUID, ...]:
        """Return deliveries that are due, of each address the oldest and at most as many as there is room for.

        Locks nothing: who takes them asks again. Leaves out those `without`, and addresses that asked for silence.
        """
        parameters = {
            "channels": [lane.channel for lane in rooms],
            "addresses": [lane.address for lane in rooms],
            "rooms": list(rooms.values()),
            "usual_room": FIRST_TRUST,
            "now": now,
            "full_targets": list(full_targets),
            "without": list(without),
            "most": most,
        }
        return tuple(await self.session.scalars(_PICK, parameters))
