"""The main job as its people do it, page by page; each step is one person's visit."""

from datetime import date, datetime, timedelta

from placements.clock import LONDON

TITLE = "Bench helper (invented)"
DAWN = "dawn.ellis.1@authority.example"
TOMASZ = "tomasz.rak.2@authority.example"
PRIYA = "priya.nair.1@lockside.example"
MARCUS = "marcus.bell.1@bcskills.example"
AMARA = "amara.hill@young.example"
BEGIN = datetime(2026, 6, 1, 10, tzinfo=LONDON)
OPENS = datetime(2026, 6, 2, 10, tzinfo=LONDON)
LOCKS = datetime(2026, 6, 4, 17, tzinfo=LONDON)
RELEASE = datetime(2026, 6, 5, 10, tzinfo=LONDON)
FIRST_DAY, WEEKS = date(2026, 6, 15), 2
LAST_DAY = FIRST_DAY + timedelta(weeks=WEEKS, days=-1)
FOUR_WEEKS_ON = LAST_DAY + timedelta(weeks=4)


def at(day, hour=10):
    """An hour of a day in London."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)


def fill_in_the_week(person, start, end):
    """Monday's hours, and the same until Friday."""
    person.write("Monday From", start).write("Monday To", end)
    for weekday in ("Tuesday", "Wednesday", "Thursday", "Friday"):
        person.choose(f"{weekday}: Same as above")


def describe_a_placement(priya):
    """Seven short pages, a check, and sent."""
    priya.go("/employer/placements").follow("New placement")
    priya.write("What is the placement called?", TITLE)
    priya.write("What will they do, hour by hour?", "Tidy the bench, then learn one machine.")
    priya.press("Continue").choose_first_radio().press("Continue")
    priya.write_day("First day somebody could start", date(2026, 6, 8))
    priya.write_day("Last day somebody could start", date(2026, 7, 3))
    priya.write("How many weeks does it last?", str(WEEKS)).press("Continue")
    fill_in_the_week(priya, "9am", "4:30pm")
    priya.press("Continue")
    priya.write("Places you are sure of", "1").write("Places you will likely have", "2")
    priya.write("The most you could have", "2").press("Continue")
    priya.choose("16 and over").press("Continue")
    priya.write("Their name", "Lena Hart (invented)").write("Their job", "team leader")
    priya.press("Continue").sees(TITLE).press("Send to be checked")


def approve_the_placement(dawn):
    """The checklist, and one press."""
    dawn.go("/authority/placements").follow(TITLE).sees("Lockside Precision")
    dawn.press("Approve", exact=False)


def register_a_person(marcus):
    """Five pages and a check, and what she would like first."""
    marcus.go("/provider/people").follow("Add people")
    marcus.write("Full name", "Amara Hill (invented)").write("Name they use", "Amara")
    marcus.write_day("Date of birth", date(2007, 3, 14))
    marcus.write("Email", AMARA).write("Home postcode", "DY4 7UF").press("Continue")
    marcus.choose("Walk").choose("Bus or tram").write("Longest journey", "60").press("Continue")
    marcus.write_day("First day they could start", date(2026, 6, 8))
    fill_in_the_week(marcus, "8am", "6pm")
    marcus.press("Continue")
    marcus.choose("Yes, they have it").choose_in_group("Do they have an education", "No")
    marcus.press("Continue")
    marcus.choose("They read this").press("Continue")
    marcus.press("Save", exact=True)
    marcus.go("/provider/people").follow("Amara Hill").follow("See what they can reach")
    marcus.press_in_row(TITLE, "Add").sees("1")


def plan_the_round(dawn):
    """A name and three dates; it opens by itself."""
    dawn.go("/authority/rounds/new").write("Name", "June round")
    for words, instant in (("Opens", OPENS), ("Locks", LOCKS), ("Results go out", RELEASE)):
        dawn.write_day(f"{words} on", instant.date())
        dawn.write(f"{words} at", f"{instant:%H:%M}")
    dawn.press("Create round").sees("June round")
    return dawn.page.url.removeprefix(dawn.service.url)


def make_the_plan(dawn, board):
    """Sealed, solved, looked at."""
    dawn.go(f"{board}/lock").press("Lock the round now").press("Make a plan")
    dawn.go(f"{board}/plans").sees("In use")
    dawn.go(board).sees("Who can approve")


def approve_the_plan(tomasz, board):
    """Both hashes are ticked by somebody who did not make the plan."""
    tomasz.go(f"{board}/approve")
    for box in tomasz.page.get_by_role("checkbox").all():
        box.check()
    tomasz.press("Approve").sees("Approved")


def say_yes(amara):
    """One press, from the link in the message."""
    amara.go(amara.service.newest_link_to(AMARA)).sees(TITLE)
    amara.presses = 0
    amara.press("Yes, I want this")
    assert amara.presses == 1


def confirm(priya):
    """Who looks after her, and when she comes; then signed."""
    priya.go("/employer/people").follow("Amara").follow("Confirm")
    priya.write("Who looks after them?", "Lena Hart (invented)").write_day("First day", FIRST_DAY)
    priya.write("What time", "9am").write("Where should they come to?", "The blue gate")
    priya.press("Confirm")
    priya.go("/employer/people").follow("Amara").follow("agreement").press("Sign")


def sign_for_the_provider(marcus):
    """The provider's own signature."""
    marcus.go("/provider/placed").follow("Amara").follow("agreement").press("Sign")


def sign_for_herself(amara):
    """The person's own signature."""
    amara.go("/me/placement").press("Sign")


def first_day(priya):
    """She came."""
    priya.go("/employer/people").follow("Amara").press("They came").sees("Started")


def last_day(priya):
    """She finished."""
    priya.go("/employer/people").follow("Amara").follow("How it ended")
    priya.choose("They finished").press("Send")


def tell_how_it_goes(amara):
    """A month later: one question, then one or two more."""
    amara.go(amara.service.newest_link_to(AMARA))
    amara.choose("I have a job").press("Continue")
    amara.choose("The place where I did my placement").write("About how many hours", "30")
    amara.press("Send").sees("Thank you")


def read_the_funnel(dawn):
    """The numbers, each with its records."""
    dawn.go("/authority/funnel")
    return dawn.text
