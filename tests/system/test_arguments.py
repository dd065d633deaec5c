"""The command line takes our own options, then one link or one command, and nothing else."""

import asyncio

import pytest

from pars_desktop.system.arguments import COMMANDS, LONGEST_LINK, Misused, parse
from tests.system.conftest import pars

LINK = "xmpp:romeo@montague.example?roster;preauth=SECRET123"


def refused(*words):
    with pytest.raises(Misused) as caught:
        parse(words, {})
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert not any(len(word) > 3 and word in sentence for word in words if "--" not in word)
    return sentence


def test_nothing_at_all_means_start_or_come_to_the_front():
    for words in ([], ["--"], ["--profile", "x"], ["--profile=x", "--"]):
        asked = parse(words, {})
        assert (asked.link, asked.command) == (None, None)


@pytest.mark.parametrize("link", [LINK, LINK.upper(), "https://xmpp.link/#a@b.example"])
def test_one_link_is_taken_as_it_is_with_and_without_the_dashes(link):
    assert parse([link], {}).link == link
    assert parse(["--", link], {}).link == link


def test_the_profile_comes_from_the_option_before_the_environment():
    environ = {"PARS_DESKTOP_PROFILE": "/from/environment"}
    assert parse([], environ).profile == "/from/environment"
    assert parse(["--profile", "/a", "--", LINK], environ).profile == "/a"
    assert parse(["--profile=/b", "quit"], environ).profile == "/b"
    assert parse([], {"PARS_DESKTOP_PROFILE": ""}).profile is None


@pytest.mark.parametrize("command", COMMANDS)
def test_help_is_given_after_a_command_too(command):
    assert parse([command, "--help"], {}).command == "help"


def test_a_command_keeps_its_own_words():
    asked = parse(["--profile", "p", "add-account", "a@b", "--ca", "file"], {})
    assert (asked.profile, asked.command, asked.rest) == (
        "p",
        "add-account",
        ["a@b", "--ca", "file"],
    )


@pytest.mark.parametrize(
    "words",
    [
        ("--", "-platformpluginpath", "/evil"),
        ("--", "-stylesheet"),
        (LINK, "-stylesheet", "/evil"),
        ("--", LINK, "--debug"),
        (LINK, "--profile", "/evil"),
        ("-platformpluginpath", "/evil", LINK),
        ("--debug",),
        ("--profile",),
        ("--profile=",),
        ("--", "quit"),
        ("--", "--"),
        ("http://plain.example/",),
        ("mailto:a@b.example",),
        ("romeo@montague.example",),
        (" " + LINK,),
    ],
)
def test_u1_nothing_stands_beside_a_link_and_nothing_else_is_one(words):
    refused(*words)


@pytest.mark.parametrize(
    "words",
    [
        (LINK, LINK),
        ("--", LINK, LINK),
        ("",),
        ("--", ""),
        ("xmpp:" + "a" * (131_071 - 5),),
        ("xmpp:" + "ü" * (LONGEST_LINK // 2),),
        ("xmpp:a\udcff@b.example",),
    ],
)
def test_u2_two_links_none_too_long_ones_and_broken_text_are_refused_with_one_line(words):
    refused(*words)


def test_u3_badly_quoted_windows_arguments_are_one_argument_and_a_bad_link():
    text = 'xmpp:a@b?roster" --x "'
    asked = parse(["--", text], {})
    assert (asked.link, asked.command, asked.rest) == (text, None, [])


@pytest.mark.parametrize(
    "words",
    [
        ("--", "-platformpluginpath", "/evil"),
        (LINK, "-stylesheet", "/evil"),
        ("--", LINK, "--debug"),
        ("",),
        (LINK, LINK),
        ("xmpp:" + "a" * (131_071 - 5),),
        (b"xmpp:a\xff@b.example",),
    ],
)
async def test_u1_u2_the_program_itself_says_one_sentence_with_status_2(running, paths, words):
    done = await asyncio.to_thread(pars, *words, PARS_DESKTOP_PROFILE=str(paths.profile))
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("pars-desktop: ")
    assert done.stderr.count("\n") == 1
    assert "SECRET123" not in done.stderr
    assert running == []
