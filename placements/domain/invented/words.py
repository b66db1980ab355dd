"""Tables of invented names, jobs and working weeks."""

FIRST_NAMES = tuple(
    """
    Aaliyah Adam Aisha Alfie Amara Amelia Amir Anika Archie Arjun Ava Bilal Callum Chloe
    Connor Daisy Daniel Demi Dylan Ella Ellis Ethan Eva Farah Finn Freya George Grace Hamza
    Hannah Harjit Harper Harry Ibrahim Imani Imran Isla Jack Jasmine Jaspreet Jamal Joel Kai
    Kamal Keira Kieran Kyle Layla Leah Leo Lewis Liam Lily Luca Lucy Malik Maya Megan Mia
    Milo Mohammed Morgan Nadia Naomi Nathan Niamh Noah Olive Omar Oscar Paige Poppy Reece
    Rhys Rosie Ruby Ryan Saira Sam Sienna Simran Sofia Tariq Theo Toby Tyler Yasmin Zac Zara
    Zoe
    """.split()  # noqa: SIM905
)
LAST_NAMES = tuple(
    """
    Alderwick Ashbrook Bankole Barrowgate Begwell Birchall Blakeway Brindlow Canalway
    Castlemead Chaudrin Cinderhill Coalport Copperley Dhalwin Dockerill Dunstallow Edgemarsh
    Emberton Fallowgate Farrowdale Foundrell Gillways Glassmore Greenlock Hillcott
    Hingleford Ironley Jessonby Kaurwell Kilnhurst Larkmead Limeford Lockhurst Malthouse
    Marlpool Millrace Nailsmith Norrowby Oakengate Okonwell Patelby Pikehelve Quarrymead
    Rahmanley Ridgeacre Rowanlea Sandwellow Singhley Smethcote Spinnery Tamebridge
    Thistlewick Towpath Turnlock Vyseley Weaverby Wharfdale Woodsetton
    """.split()  # noqa: SIM905
)
FIRM_NAMES = tuple(
    """
    Anvil Beacon Bridgeway Brookvale Canalside Chainmaker Clocktower Copperway Crossgate
    Cutting Dovetail Emberlight Fairlock Fiveways Forgeside Foxglove Goldhill Greenway
    Harbourne Highgate Ironbrook Jubilee Keystone Lantern Larkfield Limehouse Meridian
    Millpond Newhall Northlock Oakham Orchard Paragon Pinfold Quayside Redbrick Ridgeway
    Riverbank Saddler Silverlink Springvale Tollgate Triangle Tunnelside Upperway Viaduct
    Watermill Westlock Yewtree
    """.split()  # noqa: SIM905
)

# Sector code: what a firm is called, (job, what one does), and the weeks it works.
SECTORS: dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...], tuple[str, ...]]] = {
    "engineering": (
        ("Precision", "Castings", "Engineering"),
        (
            ("Workshop helper", "Morning: set up a lathe with a fitter. Afternoon: measure parts."),
            ("Quality check helper", "Morning: learn the gauges. Afternoon: check and pack parts."),
        ),
        ("early", "factory", "office"),
    ),
    "construction": (
        ("Builders", "Joinery", "Roofing"),
        (
            ("Site helper", "Morning: safety talk and materials. Afternoon: work with a joiner."),
            ("Joinery helper", "Morning: cut and sand. Afternoon: fit frames with a joiner."),
        ),
        ("factory", "early", "office"),
    ),
    "health": (
        ("Care", "Health Centre", "Homes"),
        (
            ("Care team helper", "Morning: breakfasts and talk. Afternoon: activities and notes."),
            ("Reception helper", "Morning: greet people. Afternoon: post and phone calls."),
        ),
        ("office", "late", "part", "weekend"),
    ),
    "digital": (
        ("Digital", "Software", "Systems"),
        (
            ("Web team helper", "Morning: plan with the team. Afternoon: build and test a page."),
            ("IT support helper", "Morning: answer tickets. Afternoon: set up laptops."),
        ),
        ("office", "part", "office"),
    ),
    "retail": (
        ("Stores", "Market", "Garden Centre"),
        (
            ("Shop floor helper", "Morning: fill shelves. Afternoon: help customers and the till."),
            ("Stockroom helper", "Morning: unload. Afternoon: count stock and pick orders."),
        ),
        ("weekend", "part", "office", "late"),
    ),
    "hospitality": (
        ("Kitchen", "Hotel", "Café"),
        (
            ("Kitchen helper", "Morning: prepare food. Afternoon: service and clean down."),
            ("Front of house helper", "Morning: set tables. Afternoon: greet and serve."),
        ),
        ("weekend", "late", "part"),
    ),
    "logistics": (
        ("Logistics", "Freight", "Parcels"),
        (
            ("Warehouse helper", "Start: safety talk. Then: pick, pack and scan with a partner."),
            ("Transport office helper", "Morning: book loads. Afternoon: check papers."),
        ),
        ("early", "night", "late", "factory"),
    ),
    "business": (
        ("Accounts", "Services", "Legal"),
        (
            ("Office helper", "Morning: post and calls. Afternoon: spreadsheets and filing."),
            ("Accounts helper", "Morning: match invoices. Afternoon: check payments."),
        ),
        ("office", "part"),
    ),
    "creative": (
        ("Studio", "Print", "Theatre"),
        (
            ("Studio helper", "Morning: set up a shoot. Afternoon: edit and file pictures."),
            ("Print room helper", "Morning: prepare files. Afternoon: print and finish."),
        ),
        ("office", "part", "late"),
    ),
    "childcare": (
        ("Nursery", "Playgroup", "Learning"),
        (
            ("Nursery helper", "Morning: play and stories. Afternoon: lunches and tidy up."),
            ("Classroom helper", "Morning: small groups. Afternoon: displays and reading."),
        ),
        ("school", "part", "office"),
    ),
    "green": (
        ("Gardens", "City Farm", "Recycling"),
        (
            ("Gardens helper", "Morning: plant and water. Afternoon: paths and tools."),
            ("Farm helper", "Morning: feed animals. Afternoon: fences and visitors."),
        ),
        ("factory", "school", "weekend"),
    ),
    "public": (
        ("Community Trust", "Library", "Leisure"),
        (
            ("Library helper", "Morning: shelve and sort. Afternoon: help at story time."),
            ("Community helper", "Morning: food bank. Afternoon: events and posters."),
        ),
        ("office", "part", "school"),
    ),
}  # fmt: skip
ANY_SECTOR = (
    ("Works", "Services"),
    (("Team helper", "Morning: learn the work with a partner. Afternoon: do it with help."),),
    ("office", "part"),
)

# Name of a week: weekdays, start and end in minutes.
WEEKS: dict[str, tuple[tuple[int, ...], int, int]] = {
    "office": ((0, 1, 2, 3, 4), 540, 1020),
    "factory": ((0, 1, 2, 3, 4), 480, 960),
    "early": ((0, 1, 2, 3), 420, 900),
    "part": ((1, 2, 3), 600, 900),
    "school": ((0, 1, 2, 3, 4), 555, 900),
    "late": ((0, 1, 2, 3), 840, 1260),
    "weekend": ((2, 3, 4, 5, 6), 660, 1080),
    # It ends when the last bus and train of the region have gone.
    "night": ((0, 1, 2, 3), 945, 1425),
}
# When people are free: chance, weekdays, from and to.
FREE_TIMES = (
    (0.48, (0, 1, 2, 3, 4), 450, 1110),
    (0.22, (0, 1, 2, 3, 4, 5, 6), 390, 1320),
    (0.12, (0, 1, 2, 3, 4), 560, 920),
    (0.12, (0, 1, 2, 3, 4, 5), 390, 1320),
    (0.06, (0, 1, 2, 3, 4, 5, 6), 780, 1830),
)
TRAVELS = (
    (0.44, ("walk", "bus")),
    (0.20, ("walk", "bus", "train")),
    (0.16, ("walk", "cycle", "bus")),
    (0.12, ("walk", "bus", "car")),
    (0.08, ("walk",)),
)
MAX_MINUTES = ((0.08, 20), (0.16, 30), (0.26, 45), (0.42, 60), (0.08, 90))
ACCESS_NEEDS = ("Step-free way in", "A quiet place for breaks", "Instructions in writing")
SUPERVISOR_ROLES = ("Team leader", "Supervisor", "Shift manager", "Training lead")
SITE_NAMES = ("Main site", "Canal Works", "High Street", "Unit 4", "The Yard", "North Building")

# Names the demo opens with: organisation, first part of its postcode, sector, person.
EMPLOYER_PERSONA = ("Lockside Precision", "DY4", "engineering", "Priya Nair", "lockside")
PROVIDER_PERSONA = ("Black Country Skills Centre", "DY2", "Marcus Bell", "bcskills")
STAFF_PERSONAS = (("Dawn Ellis", "operator"), ("Tomasz Rak", "approver"))
# First name, age, district, ways of travelling, longest journey, row of FREE_TIMES, and the
# priority groups: places are few, and the demo needs one of the two to be offered one.
PERSON_PERSONAS = (
    ("Jayden", 18, "Walsall", ("walk", "bus", "train"), 60, 1, ("long_term_out",)),
    ("Sana", 17, "Dudley", ("walk",), 20, 2, ()),
)
