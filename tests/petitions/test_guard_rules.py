"""What points to a machine, in plain values."""

from datetime import UTC, datetime

import pytest

from mailbox.petitions.guarding import orders, rules
from mailbox.petitions.guarding.rules import Asked, Limit, Lists, Paces, What, Why

NOW = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)


def asked(key: int, **marks: str) -> Asked:
    values = {
        "address": f"a{key}",
        "network": f"n{key}",
        "subnet": f"s{key}",
        "domain": "qq.com",
        "person": f"p{key}",
        "shape": "",
    }
    return Asked(key=key, petition=1, at=NOW, **(values | marks))


def judged(batch: list[Asked], lists: Lists | None = None, limits: tuple[Limit, ...] = rules.DEFAULT_LIMITS):
    return rules.judge_batch(batch, Paces(), limits, lists or Lists()).held


def test_people_who_come_one_by_one_are_never_held():
    assert judged([asked(n) for n in range(500)]) == {}


def test_what_is_beyond_a_limit_is_held_and_what_came_before_is_not():
    batch = [asked(n, network="one") for n in range(50)]
    assert judged(batch) == dict.fromkeys(range(40, 50), Why.LIMIT_NETWORK)


def test_far_beyond_a_limit_what_came_before_is_held_too():
    held = judged([asked(n, network="one") for n in range(81)])
    assert len(held) == 81


def test_a_whole_town_behind_the_telephones_of_one_network_loses_only_what_is_beyond():
    held = judged([asked(n, subnet="carrier") for n in range(500)])
    assert set(held.values()) == {Why.LIMIT_SUBNET}
    assert len(held) == 300


def test_one_address_is_counted_for_each_petition_by_itself():
    held = judged([asked(n, address="mine") for n in range(7)])
    assert held == {4: Why.LIMIT_ADDRESS, 5: Why.LIMIT_ADDRESS, 6: Why.LIMIT_ADDRESS}


def test_who_is_on_the_list_is_held_and_who_is_on_the_other_list_never():
    batch = [asked(1, domain="mail.bad.example"), asked(2, domain="bad.example", network="ours"), asked(3)]
    lists = Lists(blocked={(What.DOMAIN, "bad.example")}, allowed={(What.NETWORK, "ours")})
    assert judged(batch, lists) == {1: Why.BLOCKED}


def test_a_mailbox_for_ten_minutes_is_held_until_a_list_lets_it_through():
    batch = [asked(1, domain="mailinator.com")]
    assert judged(batch) == {1: Why.THROWAWAY}
    assert judged(batch, Lists(allowed={(What.DOMAIN, "mailinator.com")})) == {}


def test_a_new_domain_from_many_networks_at_once_is_held_an_office_is_not():
    farm = [asked(n, domain="post1.example") for n in range(60)]
    office = [asked(n, domain="office.example", network="door", subnet="door") for n in range(39)]
    known = [asked(n, domain="firm.example") for n in range(49)]
    assert set(judged(farm).values()) == {Why.DOMAIN_SPREAD}
    assert judged(office) == {}
    assert judged(known, Lists(known_since={"firm.example": datetime(2026, 11, 1, tzinfo=UTC)})) == {}


def test_the_same_name_is_held_when_it_comes_far_more_often_than_names_do():
    batch = [asked(n, person="one") for n in range(12)]
    assert set(judged(batch).values()) == {Why.SAME_NAME}
    paces = Paces({(What.ALL, ""): dict.fromkeys((600, rules.HOUR, rules.DAY), 1_000_000.0)})
    assert rules.judge_batch(batch, paces, rules.DEFAULT_LIMITS, Lists()).held == {}


def test_numbered_addresses_are_held_from_many_networks_but_not_from_one_campus():
    shape = rules.shape_of("user1417", "qq.com")
    assert shape == rules.shape_of("user1998", "qq.com") != rules.shape_of("user2417", "qq.com")
    assert rules.shape_of("zhangwei", "qq.com") == ""
    assert set(judged([asked(n, shape="row") for n in range(20)]).values()) == {Why.SEQUENCE}
    campus = [asked(n, shape="row", subnet=f"campus{n % 3}", network=f"door{n % 3}") for n in range(30)]
    assert judged(campus) == {}


@pytest.mark.parametrize(
    ("minutes", "regular"),
    [([5] * 20, True), ([4, 5] * 10, True), ([0, 9, 3, 1, 7] * 4, False), ([5] * 10, False), ([1] * 20, False)],
)
def test_a_clock_is_told_from_people_by_how_evenly_it_comes(minutes: list[int], regular: bool):
    assert rules.is_regular(minutes) is regular


def test_a_mark_that_was_let_go_is_not_suspected_again():
    batch = [asked(n, person="one") for n in range(12)]
    assert judged(batch, Lists(let_go={(What.PERSON, "one")})) == {}


def test_while_new_domains_flood_in_a_stranger_waits_and_an_office_does_not():
    flood = [asked(n, domain=f"d{n}.example") for n in range(60)]
    stranger = asked(100, domain="mine.example")
    office = [asked(200 + n, domain="office.example", subnet="door", network="door") for n in range(9)]
    held = judged([*office, *flood, stranger, asked(300, domain="office.example", subnet="door", network="door")])
    assert held[100] == Why.WAIT
    assert 300 not in held


@pytest.mark.parametrize(
    ("typed", "shown", "parts"),
    [
        ("203.0.113.9", "203.0.113.9", ["203.0.113.9"]),
        (" 203.0.113.9/24 ", "203.0.113.0/24", ["203.0.113.0/24"]),
        ("203.0.112.0/23", "203.0.112.0/23", ["203.0.112.0/24", "203.0.113.0/24"]),
        ("203.0.113.8/31", "203.0.113.8/31", ["203.0.113.8", "203.0.113.9"]),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", ["2001:db8:1:2::/64"]),
        ("2001:db8:1::/48", "2001:db8:1::/48", ["2001:db8:1::/48"]),
        ("::ffff:203.0.113.9", "203.0.113.9", ["203.0.113.9"]),
    ],
)
def test_a_typed_network_leads_to_the_parts_signatures_are_found_by(typed: str, shown: str, parts: list[str]):
    assert orders.networks_in(typed) == (shown, parts)
    assert len(orders.networks_in("10.1.0.0/16")[1]) == 256


@pytest.mark.parametrize(
    ("typed", "code"), [("", "form"), ("1.2.3", "form"), ("10.0.0.0/8", "wide"), ("x\x00", "form")]
)
def test_what_is_no_network_or_too_wide_is_refused(typed: str, code: str):
    with pytest.raises(orders.NetworkError, match=code):
        orders.networks_in(typed)


def test_the_part_somebody_registered_is_found_in_a_domain():
    assert rules.registered("mail.u7.edu.cn") == "u7.edu.cn"
    assert rules.registered("a.b.example.org") == "example.org"
    assert rules.parents("a.b.cn") == ["a.b.cn", "b.cn"]
