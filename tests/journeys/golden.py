"""The five golden journeys, one after the other in one small region; each returns its cost."""

import csv
import io
from datetime import date

from journeys import road
from journeys.meter import Cost, measured

NEW_EMPLOYER = "zara.invented@newforge.example"
N_ROWS, N_BAD = 200, 9
POSTCODES = ("DY4 7UF", "DY4 8AA", "WS1 1TP", "B1 1BA")
# What the page map promises: pages and presses at most.
TARGETS = {"G1": (14, 13), "G1 copy": (3, 3), "G2": (2, 1), "G2 no": (3, 2), "G3": (5, 5)}
TARGETS |= {"G4": (8, 12), "G5": (4, 4)}


def employer_sends_the_first_placement(zara) -> Cost:
    """G1: joins, follows the link in the mail, pledges, describes, sends."""
    with measured(Cost("G1"), zara) as cost:
        zara.go("/employer/join").write("Name of your organisation", "New Forge (invented)")
        zara.choose("Engineering").press("Continue")
        zara.write("Your name", "Zara Invented").write("Your role there", "owner")
        zara.write("Email address", NEW_EMPLOYER).press("Continue")
        zara.go(zara.service.newest_link_to(NEW_EMPLOYER)).press("Continue")
        zara.choose("Yes").write("how many places", "2").press("Pledge")
        _describe(zara)
        zara.press("Send to be checked").sees("checks")
    return cost


def _describe(zara) -> None:
    zara.write("What is the placement called?", road.TITLE)
    zara.write("What will they do, hour by hour?", "Tidy the bench, then learn one machine.")
    zara.press("Continue").write("Name", "Forge Works").write("Postcode", "DY4 8AA")
    zara.write_day("insurance", date(2027, 9, 30)).write_day("risk", date(2026, 5, 1))
    zara.press("Save site")
    zara.write_day("First day somebody could start", date(2026, 6, 8))
    zara.write_day("Last day somebody could start", date(2026, 7, 3))
    zara.write("How many weeks does it last?", "2").press("Continue")
    road.fill_in_the_week(zara, "9am", "4:30pm")
    zara.press("Continue").write("Places you are sure of", "2")
    zara.write("Places you will likely have", "2").write("The most you could have", "2")
    zara.press("Continue").choose("16 and over").press("Continue")
    zara.write("Their name", "Lena Hart (invented)").write("Their job", "team leader")
    zara.press("Continue").sees(road.TITLE)


def employer_copies_it(zara) -> Cost:
    """G1, the second placement: copied, checked, sent."""
    zara.go("/employer/placements")
    with measured(Cost("G1 copy"), zara) as cost:
        zara.press("Copy", exact=False).press("Send to be checked").sees("checks")
    return cost


def authority_verifies(dawn) -> None:
    """The employer, by one press."""
    dawn.go("/authority/employers").follow("New Forge").press("Verify this employer")


def authority_approves(dawn) -> None:
    """The placement that waits, by one press."""
    dawn.go("/authority/placements").follow(road.TITLE).press("Approve", exact=False)


def write_file(bad: bool) -> str:
    """The rows of 200 people; nine of them cannot be read."""
    columns = "reference name date_of_birth email postcode right_to_work consent modes start_from"
    names = [*columns.split(), "mon", "tue", "wed", "thu", "fri"]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(names)
    for n in range(N_ROWS):
        born = "not a day" if bad and n < N_BAD else f"2006-{n % 12 + 1:02}-14"
        facts = [f"NEW-{n:04}", f"Ada Number{n:03} (invented)", born, f"ada{n:03}@young.example"]
        facts += [POSTCODES[n % len(POSTCODES)], "yes", "yes", "walk;bus", "2026-06-08"]
        writer.writerow([*facts, *["08:00-18:00"] * 5])
    return out.getvalue()


def provider_imports_a_file(marcus, folder) -> Cost:
    """G3: 200 rows, nine come back, the mended file goes in."""
    for name, bad in (("people.csv", True), ("mended.csv", False)):
        (folder / name).write_text(write_file(bad))
    marcus.go("/provider/imports/new")
    with measured(Cost("G3", pages=1), marcus) as cost:
        marcus.attach("The file", folder / "people.csv").press("Upload")
        marcus.sees(f"{N_BAD} rows need fixing")
        sent_back = marcus.download("Download only these rows")
        assert len(sent_back.splitlines()) == N_BAD + 1
        marcus.press(f"Add the {N_ROWS - N_BAD} good rows")
        marcus.attach("The file", folder / "mended.csv").press("Upload")
        marcus.press(f"Add the {N_BAD} good rows").sees(str(N_ROWS - N_BAD))
    return cost


def staff_bring_a_round_out(dawn, tomasz, board) -> Cost:
    """G4: lock, plan, compare, look at fairness; the approver reads and approves.

    The results then go out by themselves, so nobody presses for that.
    """
    dawn.go(board)
    with measured(Cost("G4"), dawn) as cost:
        dawn.follow("Lock the round").press("Lock the round now").press("Make a plan")
        dawn.choose_first_radio().press("Make this plan too")
        dawn.follow("Check fairness").sees("the gate")
    with measured(cost, tomasz):
        tomasz.go(board).follow("Read and approve")
        for box in tomasz.page.get_by_role("checkbox").all():
            tomasz.check(box)
        tomasz.press("Approve").sees("Approved")
    return cost


def young_person_says_yes(jay, address) -> Cost:
    """G2: the link of the message, and one press."""
    with measured(Cost("G2"), jay) as cost:
        jay.go(jay.service.newest_link_to(address)).press("Yes, I want this")
    return cost


def young_person_says_no(jay, address) -> Cost:
    """G2, the other answer: one press, and one because it cannot be undone."""
    with measured(Cost("G2 no"), jay) as cost:
        jay.go(jay.service.newest_link_to(address))
        jay.press("No, not this one").press("Say no", exact=False)
    return cost


def employer_cancels_and_another_place_is_found(zara, dawn) -> Cost:
    """G5: on the person's page the employer cancels; the authority offers what is free."""
    zara.go("/employer/people").follow("Open")
    with measured(Cost("G5"), zara) as cost:
        zara.follow("We cannot take them")
        zara.write("Why", "The machine is broken").press("Cancel their place")
    dawn.go("/authority")
    with measured(cost, dawn):
        dawn.follow("gone").press("Offer this", exact=False)
        dawn.sees("The offer is out")
    return cost


def find_dear(costs: list[Cost]) -> list[str]:
    """List the journeys that took more pages or presses than promised."""
    return [
        str(cost)
        for cost in costs
        if cost.pages > TARGETS[cost.name][0] or cost.presses > TARGETS[cost.name][1]
    ]
