"""Forms as servers send them, and as they are sent back (XEP-0004)."""

import sys
from xml.etree import ElementTree as ET

import pytest

from pars_desktop.domain.form import FieldKind, Form, FormField, Media, Option
from pars_desktop.xmpp import forms, questions

DATA = "{jabber:x:data}"

# XEP-0004, example 2, cut.
BOT = """
<command><x xmlns='jabber:x:data' type='form'>
  <title>Bot Configuration</title>
  <instructions>Fill out this form to configure your new bot!</instructions>
  <instructions>It takes a moment.</instructions>
  <field type='hidden' var='FORM_TYPE'><value>jabber:bot</value></field>
  <field type='fixed'><value>Section 1: Bot Info</value></field>
  <field type='text-single' label='The name of your bot' var='botname'/>
  <field type='text-multi' label='Helpful description' var='description'/>
  <field type='boolean' label='Public bot?' var='public'><required/></field>
  <field type='text-private' label='Password for special access' var='password'/>
  <field type='list-multi' label='What features?' var='features'>
    <option label='Contests'><value>contests</value></option>
    <option><value>news</value></option>
    <value>news</value><value>search</value>
  </field>
  <field type='jid-multi' label='People to invite' var='invitelist'>
    <desc>Tell all your friends!</desc>
  </field>
</x></command>
"""


def form(text):
    return forms.read(ET.fromstring(text))


def submitted(xml):
    return {
        field.get("var"): [value.text for value in field] for field in xml.iterfind(f"{DATA}field")
    }


def test_a_form_is_read_with_everything_that_is_needed_to_show_it():
    bot = form(BOT)

    assert bot.title == "Bot Configuration"
    assert bot.instructions == ("Fill out this form to configure your new bot!\nIt takes a moment.")
    assert bot.get("public") == FormField("public", FieldKind.BOOLEAN, "Public bot?", required=True)
    assert bot.get("features").options == (Option("contests", "Contests"), Option("news"))
    assert bot.get("features").values == ("news", "search")
    assert bot.get("password").kind is FieldKind.PRIVATE
    assert bot.get("invitelist").description == "Tell all your friends!"
    assert bot.get("nothing") is None


def test_the_answer_has_what_was_answered_what_was_proposed_and_what_was_hidden():
    answers = {"botname": "The Jabber Bot", "description": "one\ntwo", "public": True, "x": "y"}
    bot = form(BOT)

    sent = forms.submission(bot, answers | {"FORM_TYPE": "jabber:evil"})

    assert sent.get("type") == "submit"
    assert submitted(sent) == {
        "FORM_TYPE": ["jabber:bot"],
        "botname": ["The Jabber Bot"],
        "description": ["one", "two"],
        "public": ["1"],
        "password": [],
        "features": ["news", "search"],
        "invitelist": [],
    }
    assert [field.var for field in bot.missing({})] == ["public"]
    assert bot.missing(answers) == []


def test_r2_fields_are_read_whatever_the_type_of_the_form_and_wherever_they_are():
    for kind in ("form", "result", "submit", ""):
        found = form(
            f"<q><x xmlns='jabber:x:data' type='{kind}'>"
            "<reported><field var='uri' label='Link'/></reported>"
            "<item><field var='uri'><value>xmpp:a@b.test</value></field></item></x></q>"
        )
        assert found.value("nothing", "uri") == "xmpp:a@b.test"


def test_of_two_fields_with_one_name_the_first_counts_and_an_empty_one_has_no_value():
    found = form(
        "<q><x xmlns='jabber:x:data'><field var='a'><value>1</value></field>"
        "<field var='a'><value>2</value></field><field var='b'/></x></q>"
    )

    assert (found.value("a"), found.value("b"), found.get("b").is_true) == ("1", "", False)


def test_a_picture_in_a_field_is_named_and_not_fetched():
    found = form(
        "<q><x xmlns='jabber:x:data'><field var='ocr'><media xmlns='urn:xmpp:media-element'>"
        "<uri type='image/png'>cid:sha1+f24030b8@bob.xmpp.org</uri></media></field></x></q>"
    )

    assert found.get("ocr").media == (Media("image/png", "cid:sha1+f24030b8@bob.xmpp.org"),)


def test_m8_foreign_texts_are_cut_and_lose_what_nobody_can_see():
    many = "<field var='x'><value>1</value></field>" * 10_000
    found = form(
        f"<q><x xmlns='jabber:x:data'><title>A\u202eB\n{'c' * 10_000}</title>"
        f"<field var='n'><value>{'d' * 100_000}</value></field>{many}</x></q>"
    )

    assert found.title.startswith("AB c")
    assert len(found.title) <= 500
    assert len(found.value("n")) <= 10_000
    assert len(found.fields) <= 100


def calls(work):
    """How much is done, counted in calls of functions."""
    count = 0

    def note(_frame, event, _what):
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        return work(), count
    finally:
        sys.setprofile(None)


def chooser(count, label):
    option = f"<option label='{label}'><value>{label}</value></option>"
    return f"<field type='list-single' var='a'>{option * count}</field>"


@pytest.mark.parametrize(
    "parts",
    [
        chooser(1000, "Verona") * 20,
        chooser(20_000, ""),
        f"<field><value>{'x' * 5000}</value></field>" * 90,
        f"<field>{'<value>x</value>' * 900}</field>" * 90,
        f"<field label='{'é' * 500}'><desc>{'é' * 5000}</desc></field>" * 90,
        "<instructions>a b</instructions>" * 20_000,
        "<item/>" * 20_000,
        "<item><field/></item>" * 20_000,
        f"<field><media xmlns='urn:xmpp:media-element'>{'<uri/>' * 20_000}</media></field>",
        "<field><media xmlns='urn:xmpp:media-element'/></field>" * 20_000,
    ],
    ids=[
        *("choosers", "options", "long values", "values", "labels", "instructions", "items"),
        *("fields in items", "pictures", "media"),
    ],
)
def test_m8_however_a_form_is_made_there_is_an_end_to_what_is_read_of_it(parts):
    name = "<field var='username'/><field var='password'/>"
    answer = ET.fromstring(
        "<iq><query xmlns='jabber:iq:register'>"
        f"<x xmlns='jabber:x:data'>{name}{parts}</x></query></iq>"
    )

    asked, work = calls(lambda: questions.read(answer))

    fields = asked.form.fields
    told = [value for each in fields for value in each.values]
    told += [text for each in fields for text in (each.label, each.description)]
    told += [text for each in fields for option in each.options for text in (option.value,)]
    assert fields[0].var == "username"
    assert sum(map(len, (asked.form.instructions, *told))) <= 50_000
    assert sum(len(each.options) + len(each.values) + len(each.media) for each in fields) <= 4000
    assert work < 120_000


def test_m8_of_a_million_pictures_that_are_none_a_few_are_looked_at():
    bits = "<data xmlns='urn:xmpp:bob' type='image/png' cid='1'>!!!!</data>"
    answer = ET.fromstring(
        f"<iq><query xmlns='jabber:iq:register'><username/><password/>{bits * 40_000}</query></iq>"
    )

    asked, work = calls(lambda: questions.read(answer))

    assert [each.var for each in asked.form.fields] == ["username", "password"]
    assert work < 20_000


def test_every_country_is_read():
    found = form(f"<q><x xmlns='jabber:x:data'>{chooser(250, 'Liechtenstein')}</x></q>")

    assert len(found.fields[0].options) == 250


def test_what_holds_no_form_has_none():
    assert form("<command><x xmlns='jabber:x:conference'/></command>") is None
    assert form("<x xmlns='jabber:x:data'/>") == Form()


def test_p17_values_are_not_in_a_repr():
    assert "s3cret" not in repr(Form(fields=(FormField("password", values=("s3cret",)),)))
