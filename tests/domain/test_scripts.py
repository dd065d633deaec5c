"""Mixed scripts, after UTS #39 Highly Restrictive."""

import pytest

from pars_desktop.domain.scripts import mixed_script


@pytest.mark.parametrize(
    "text",
    [
        "",
        "romeo-1597_x",
        "роман2",
        "ρωμαίος",
        "café",
        "ａｂｃ",
        "שלום",
        "سلام۱۲",
        "กานดา",
        "京都",
        "お茶abc京",  # Latin + Han + Hiragana
        "ラーメンtokyo京都の",  # and Katakana, with the long vowel mark
        "ㄅㄆㄇabc漢",  # Latin + Han + Bopomofo
        "한국abc漢字",  # Latin + Han + Hangul
        "々〆",
        "x·y",
    ],
)
def test_one_script_and_the_usual_mixtures_are_fine(text):
    assert not mixed_script(text)


@pytest.mark.parametrize(
    "text",
    [
        "rоmeo",  # a Cyrillic o
        "ρomeo",
        "роmeο",
        "pаypal",
        "αб",
        "お한",  # Japanese and Korean
        "ㄅお",
        "漢ㄅ한",
        "京б",
        "aא",
        "ーб",
        "օa",  # an Armenian o
        "abc۱",
    ],
)
def test_other_mixtures_are_not(text):
    assert mixed_script(text)
