"""Text from outside becomes harmless, text of ours becomes what XML can carry."""

from xml.etree.ElementTree import Element, fromstring, tostring

from hypothesis import given
from hypothesis import strategies as st

from pars_desktop.domain.text import MAX_BODY, MAX_NAME, one_line, plain, sendable


@given(st.text(st.characters()))
def test_what_we_send_comes_back_from_xml_unchanged(text):
    element = Element("body")
    element.text = sendable(text)

    assert (fromstring(tostring(element, encoding="utf-8")).text or "") == sendable(text)


def test_lines_stay_lines_and_what_xml_forbids_is_left_out():
    assert sendable("a\r\nb\rc\td\x00\x1b\ud83d\ufffe\U0001f339") == "a\nb\nc\td\U0001f339"


def test_a_text_of_others_is_cut():
    assert plain("x" * (MAX_BODY + 1)) == "x" * MAX_BODY
    assert plain("abc", 2) == "ab"


def test_a_name_is_one_line_without_what_nobody_sees():
    assert one_line("  Romeo \n\u202eMon\u200btague\x00 ") == "Romeo Montague"
    assert one_line("\u202e\u200b") == ""
    assert one_line("n" * 1000) == "n" * MAX_NAME
    assert one_line("\u202e" * 1_000_000) == ""


def test_what_nobody_sees_leaves_no_gap_in_a_name():
    assert one_line("Romeo \u200b Montague\u202e\n") == "Romeo Montague"
