"""The roster on disk is what the server said last."""

from pars_desktop.domain.account import AccountSettings
from pars_desktop.domain.contact import Contact, Subscription
from pars_desktop.store.accounts import AccountStore
from pars_desktop.store.contacts import ContactStore, RosterUpdate
from tests.fakes import JULIET, ROMEO, TYBALT

FULL = Contact(ROMEO, "Romeo", Subscription.FROM, ask=True, groups=frozenset({"Friends", "a\nb"}))


def replaced(db, contacts):
    """A whole roster taken over; what it says."""
    update = RosterUpdate(JULIET, db)
    update.add(contacts)
    return update.finish()


def test_a_contact_comes_back_as_it_was_put(db):
    contacts = ContactStore(db)

    contacts.put(JULIET, FULL)

    assert contacts.get(JULIET, ROMEO) == FULL
    assert contacts.all(JULIET) == [FULL]


def test_a_later_push_replaces_an_earlier_one(db):
    contacts = ContactStore(db)
    contacts.put(JULIET, FULL)

    contacts.put(JULIET, Contact(ROMEO, "R", Subscription.BOTH))

    assert contacts.all(JULIET) == [Contact(ROMEO, "R", Subscription.BOTH)]


def test_two_accounts_have_two_rosters(db):
    AccountStore(db).put(AccountSettings(TYBALT))
    contacts = ContactStore(db)
    contacts.put(JULIET, FULL)

    contacts.remove(TYBALT, ROMEO)

    assert contacts.get(JULIET, ROMEO) == FULL
    assert contacts.get(TYBALT, ROMEO) is None


def test_a_whole_roster_names_what_changed_and_what_is_gone(db):
    contacts = ContactStore(db)
    kept = Contact(TYBALT, "Tybalt")
    contacts.put(JULIET, FULL)
    contacts.put(JULIET, kept)
    renamed = Contact(ROMEO, "My Romeo", Subscription.BOTH)

    assert replaced(db, [renamed, kept]) == ([(FULL, renamed)], [])
    assert replaced(db, [renamed, kept]) == ([], [])
    assert replaced(db, [kept]) == ([], [ROMEO])
    assert contacts.all(JULIET) == [kept]


def test_a_newcomer_may_be_marked_before_the_roster_item_is_there(db):
    contacts = ContactStore(db)

    contacts.mark_newcomer(JULIET, ROMEO)
    contacts.mark_newcomer(JULIET, ROMEO)
    contacts.put(JULIET, FULL)

    assert contacts.is_newcomer(JULIET, ROMEO)
    assert not contacts.is_newcomer(JULIET, TYBALT)
    contacts.unmark_newcomer(JULIET, ROMEO)
    assert not contacts.is_newcomer(JULIET, ROMEO)


def test_whose_welcome_is_not_complete_is_expected_and_no_newcomer_yet(db):
    contacts = ContactStore(db)

    contacts.expect(JULIET, ROMEO)
    assert contacts.expected(JULIET) == [ROMEO]
    assert contacts.expected(TYBALT) == []
    assert not contacts.is_newcomer(JULIET, ROMEO)
    assert contacts.newcomers(JULIET) == set()

    contacts.mark_newcomer(JULIET, ROMEO)
    contacts.expect(JULIET, ROMEO)
    assert contacts.expected(JULIET) == []
    assert contacts.newcomers(JULIET) == {ROMEO}


def test_a_newcomer_who_is_removed_is_no_newcomer_when_they_come_back(db):
    contacts = ContactStore(db)
    contacts.put(JULIET, FULL)
    contacts.mark_newcomer(JULIET, ROMEO)

    replaced(db, [])
    contacts.put(JULIET, FULL)

    assert not contacts.is_newcomer(JULIET, ROMEO)


def test_r4_a_roster_that_is_read_in_parts_counts_as_a_whole_or_not_at_all(db):
    contacts = ContactStore(db)
    contacts.put(JULIET, FULL)
    unfinished = RosterUpdate(JULIET, db)
    unfinished.add([Contact(TYBALT)])
    assert contacts.get(JULIET, TYBALT) is None

    update = RosterUpdate(JULIET, db)
    update.add([FULL])
    update.add([Contact(JULIET, "Myself")])
    assert update.finish() == ([(None, Contact(JULIET, "Myself"))], [])

    assert {each: contacts.get(JULIET, each) for each in (ROMEO, TYBALT, JULIET)} == {
        ROMEO: FULL,
        TYBALT: None,
        JULIET: Contact(JULIET, "Myself"),
    }


def test_two_rosters_may_be_read_at_the_same_time(db):
    AccountStore(db).put(AccountSettings(TYBALT))
    contacts = ContactStore(db)
    one, other = RosterUpdate(JULIET, db), RosterUpdate(TYBALT, db)
    one.add([FULL])
    other.add([])

    assert (one.finish(), other.finish()) == (([(None, FULL)], []), ([], []))
    assert contacts.get(JULIET, ROMEO) == FULL
    assert contacts.get(TYBALT, ROMEO) is None
