"""Addresses and names that look alike though they are not the same (UTS #39; battery P-14)."""

import pytest

from pars_desktop.domain.jid import JID
from pars_desktop.domain.lookalike import look_alike, plain_name, skeleton

ROMEO = JID.parse("romeo@montague.net")


@pytest.mark.parametrize(
    "address",
    [
        "romeo@mоntague.net",  # a Cyrillic letter
        "romeo@rnontague.net",
        "rorneo@montague.net",
        "r0meo@montague.net",
        "romeo@xn--mntague-9ig.net",  # the same in plain letters
        "rοmeo@montague.net",  # a Greek omicron
        "rօmeo@montague.net",  # an Armenian oh
        "romеo@montague.net",  # another Cyrillic one
    ],
)
def test_p14_addresses_that_pretend_to_be_romeos_look_like_his(address):
    assert look_alike(ROMEO, JID.parse(address))
    assert look_alike(JID.parse(address), ROMEO)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("paypal@example.org", "paypa1@example.org"),
        ("vvilliam@example.org", "william@example.org"),
        ("ivan@example.org", "іvаn@example.org"),
        ("каа@example.org", "kaa@example.org"),
    ],
)
def test_p14_pairs_of_letters_that_forgers_use(one, other):
    assert look_alike(JID.parse(one), JID.parse(other))


@pytest.mark.parametrize(
    "address",
    [
        "romeo@montague.net",  # himself
        "romeo@montague.net/phone",
        "romea@montague.net",
        "romeo@montague.org",
        "rómeo@montague.net",  # accents can be seen
        "juliet@capulet.net",
    ],
)
def test_what_is_the_same_or_looks_different_is_no_look_alike(address):
    assert not look_alike(ROMEO, JID.parse(address))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Juliet", "juliet"),
        ("Ｊｕｌｉｅｔ", "Juliet"),
        ("José", "José"),
        (" My  Romeo", "my romeo"),
    ],
)
def test_a_name_is_the_same_however_it_is_written(one, other):
    assert plain_name(one) == plain_name(other)


def test_other_letters_are_another_name_that_looks_alike():
    assert plain_name("Juliet") != plain_name("Jυliеt")
    assert skeleton("Juliet") == skeleton("Jυliеt")
    assert skeleton("КАТЕ") == skeleton("KATE")
    assert skeleton("Rоmeo") == skeleton("Romeo") == skeleton("ROMEO")
    assert skeleton("Romeo") != skeleton("Roméo")


@pytest.mark.parametrize("text", ["", "@", "\u202e", "\ud800", "京都", "🌹"])
def test_any_text_has_a_skeleton(text):
    assert skeleton(text) == skeleton(text + "")
