"""The soak of invitations in short: `make soak` hands out two thousand."""

import pytest

from pars_desktop.core.requests import Requests
from tests.soak import invitations, party

pytestmark = pytest.mark.prosody


@pytest.mark.timeout(400)
async def test_invitations_of_every_kind_end_with_exactly_the_right_friendships(
    own_prosody, tmp_path
):
    # The same party each time: `make soak` throws the dice anew.
    await invitations.celebrate(own_prosody, tmp_path, seed=2027, count=120)


async def test_the_soak_would_see_somebody_who_gets_an_approval_for_nothing(
    own_prosody, tmp_path, monkeypatch
):
    ask = Requests.ask

    def generous(self, request, refusal, invite):
        self._contacts.roster.approve(request.jid)
        ask(self, request, refusal, invite)

    monkeypatch.setattr(Requests, "ask", generous)
    monkeypatch.setattr(party, "PATIENCE", 5.0)

    with pytest.raises(AssertionError):
        await invitations.celebrate(own_prosody, tmp_path, 1, count=1)
