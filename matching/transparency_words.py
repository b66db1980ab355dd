"""The fields of the UK Algorithmic Transparency Recording Standard v3.0, and what we can say.

Numbers and names follow the standard's own table of March 2024. ``{}`` stands for a fact of the
policy or the round. A field whose answer only the authority knows has no words: whoever asks for
the record gives them, or the record says that they are still to come.
"""

from __future__ import annotations

SECTIONS = (
    ("0", "Metadata and title information"),
    ("1", "Tier 1 information"),
    ("2.1", "Owner and responsibility"),
    ("2.2", "Description and rationale"),
    ("2.3", "Decision-making process"),
    ("2.4.1", "Tool specification"),
    ("2.4.2", "Model specification"),
    ("2.4.3", "Data specification"),
    ("2.5", "Risks, mitigations and impact assessments"),
)

FIELDS: tuple[tuple[str, str, str, str | None], ...] = (
    ("0.1", "id", "ID", "{record_id}"),
    ("0.2", "standard_version", "Standard version", "3.0"),
    ("0.3", "organisation_type", "Organisation type", None),
    ("0.4", "function", "Function", "Employment and skills"),
    ("0.5", "capability", "Capability", "Optimisation"),
    ("0.6", "task", "Task", "Putting people and places together"),
    ("0.7", "tags", "Tags", "optimisation, assignment problem, rules, not machine learning"),
    ("0.8", "date_of_completion", "Date of completion", None),
    ("0.9", "date_updated", "Date updated", None),
    ("0.10", "date_archived", "Date archived", "Not archived."),
    ("0.11", "title", "Title", "Placements: {round_name}"),
    ("0.12", "organisation_name", "Organisation name", None),
    ("0.13", "phase", "Phase", None),
    ("0.14", "region", "Region", None),
    (
        "0.15",
        "one_sentence_description",
        "One sentence description",
        "Finds work placements for as many young people as can be placed together, by rules that "
        "were fixed before, and tells each of them why.",
    ),
    ("1.1", "name", "Name", "Placements"),
    (
        "1.2",
        "description",
        "Description",
        "Young people say how far they can travel, when they are free and what they would like. "
        "Employers say what a placement is like, where and when, and for how many. On a fixed "
        "date the tool looks at everybody and every place at once and proposes who could go "
        "where. {mechanism_words} People of the authority check and approve the proposal before "
        "anybody is told. Each young person gets a reason in plain words and can say no.",
    ),
    ("1.3", "website_url", "Website URL", None),
    ("1.4", "contact_email", "Contact email", None),
    ("2.1.1", "organisation_or_department", "Organisation or department", None),
    ("2.1.2", "team", "Team", None),
    ("2.1.3", "senior_responsible_owner", "Senior responsible owner", None),
    ("2.1.4", "external_supplier_involvement", "External supplier involvement", None),
    ("2.1.4.1", "external_supplier", "External supplier", None),
    ("2.1.4.2", "companies_house_number", "Companies House number", None),
    ("2.1.4.3", "external_supplier_role", "External supplier role", None),
    ("2.1.4.4", "procurement_procedure_type", "Procurement procedure type", None),
    ("2.1.4.5", "data_access_terms", "Data access terms", None),
    (
        "2.2.1",
        "detailed_description",
        "Detailed description",
        "First, each pair of a person and a placement is checked against hard rules: age on the "
        "first day, needs, free hours and dates, what the person refused, and the journey both "
        "ways at the hours of every shift ({travel_words}). Then the pairs that remain are "
        "weighed by the objectives of the policy, in this order: {objectives_words}. "
        "{mechanism_detail} What is tied on all of them is settled by a lottery number for each "
        "person, drawn from the seed {seed}: it does not depend on who came first.",
    ),
    (
        "2.2.2",
        "scope",
        "Scope",
        "The tool proposes places in one round of one region. It was not made to judge how good "
        "a person would be at a job, to rank people for employers, to decide on benefits, or to "
        "act without the approval of a person. It does not learn from past decisions.",
    ),
    (
        "2.2.3",
        "benefit",
        "Benefit",
        "More people are placed than by filling places one after another, and nobody is placed "
        "where they cannot be on time. In this round {n_placed} of {n_people} people were "
        "placed on {n_places} places at {n_placements} placements; {n_first} got their first "
        "choice. {proof_words}",
    ),
    (
        "2.2.4",
        "previous_process",
        "Previous process",
        "Staff put people and places together by hand, with a map and a list.",
    ),
    (
        "2.2.5",
        "alternatives_considered",
        "Alternatives considered",
        "Four ways are built in and can be compared on the same round: most people placed "
        "(optimal), no pair would rather have each other (stable), choosing one after another in "
        "lottery order (serial), and the shortest journeys first (nearest). This round used "
        "{mechanism}. A model that predicts who will do well was not considered: it could "
        "not be explained to the person, and past decisions are no rule for new ones.",
    ),
    (
        "2.3.1",
        "process_integration",
        "Process integration",
        "Places and people are sealed at a cut-off. The tool makes a plan from the sealed "
        "records. A second program, which shares no code with the first, checks it. An operator "
        "reads it, may compare other plans and set single pairs by hand; another person approves "
        "it. Only then are offers sent, all at once.",
    ),
    (
        "2.3.2",
        "provided_information",
        "Provided information",
        "For each plan: how many are placed, at which choice, with which journeys, by group; for "
        "each person: the place or none, the reason, what stood in the way of each choice, and "
        "what would have changed it. Hashes of the records and the plan let anyone see that "
        "neither was changed after approval.",
    ),
    (
        "2.3.3",
        "frequency_and_scale_of_usage",
        "Frequency and scale of usage",
        "A few rounds a year. This one had {n_people} people and {n_placements} placements. Each "
        "freed place is planned again by the same rules, without moving anybody who holds one.",
    ),
    (
        "2.3.4",
        "human_decisions_and_review",
        "Human decisions and review",
        "People decide who may take part and which placements are sound, set the policy before "
        "the cut-off, choose among plans, and approve: the approver may not have sealed, made or "
        "chosen the plan. {pins_words} The young person, and then the employer, decide on each "
        "offer.",
    ),
    (
        "2.3.5",
        "required_training",
        "Required training",
        "Operators and approvers practise a round with invented people before a real one.",
    ),
    (
        "2.3.6",
        "appeals_and_review",
        "Appeals and review",
        "Every person can read their reason and ask staff to look again. Staff can offer a free "
        "place by hand, with a reason that is kept.",
    ),
    (
        "2.4.1.1",
        "system_architecture",
        "System architecture",
        "A Python package without network or database (version {version}) computes the plan in a "
        "process of its own, with a limit on time and memory. A web service keeps the records, "
        "runs the check and keeps the plan only if it passes. A sealed file of the round lets a "
        "named auditor check it on another machine.",
    ),
    ("2.4.1.2", "phase", "Phase", None),
    (
        "2.4.1.3",
        "maintenance",
        "Maintenance",
        "Every change of the program must pass tests against independent solvers and known "
        "answers. The policy is reviewed before each round.",
    ),
    ("2.4.1.4", "models", "Models", "One: an assignment problem with hard rules. No learning."),
    ("2.4.2.1", "model_name", "Model name", "matching"),
    ("2.4.2.2", "model_version", "Model version", "{version}"),
    ("2.4.2.3", "model_task", "Model task", "Choose pairs of people and places. {mechanism_words}"),
    (
        "2.4.2.4",
        "model_input",
        "Model input",
        "People: home as a point, ways and limit of travel, free hours and dates, birth date, "
        "what they have of what placements need, sectors and up to six ranked choices, what they "
        "refused, priority groups. Placements: site, shifts, dates, free places, least age, "
        "needs. The policy and its seed.",
    ),
    (
        "2.4.2.5",
        "model_output",
        "Model output",
        "Who is placed where, an order of reserves, a reason for everyone, and a proof.",
    ),
    (
        "2.4.2.6",
        "model_architecture",
        "Model architecture",
        "{mechanism_detail} Method that ran: {method}. Whole numbers only, so that the same "
        "records and policy give the same plan on every machine.",
    ),
    (
        "2.4.2.7",
        "model_performance",
        "Model performance",
        "{proof_words} {n_placed} of {n_people} placed; {n_top3} at one of their first three "
        "choices; {minutes_words}. Plan {plan_sha256}, market {market_sha256}.",
    ),
    (
        "2.4.2.8",
        "datasets",
        "Datasets",
        "None for development: nothing is trained. Tests use invented people and published cases.",
    ),
    ("2.4.2.9", "dataset_purposes", "Dataset purposes", "Testing only."),
    ("2.4.3.1", "source_data_name", "Source data name", "The sealed records of the round."),
    ("2.4.3.2", "data_modality", "Data modality", "Tabular"),
    (
        "2.4.3.3",
        "data_description",
        "Data description",
        "What people, providers and employers said on forms, and the points of postcodes.",
    ),
    (
        "2.4.3.4",
        "data_quantities",
        "Data quantities",
        "{n_people} people and {n_placements} placements. None is used for development.",
    ),
    (
        "2.4.3.5",
        "sensitive_attributes",
        "Sensitive attributes",
        "Birth date (for least ages only), home point (for journeys only), priority groups: "
        "{groups_words}. Sex, ethnicity, belief and health are not given to the tool; answers to "
        "equality questions are read only by the report on fairness.",
    ),
    (
        "2.4.3.6",
        "data_completeness_and_representativeness",
        "Data completeness and representativeness",
        "Only people and placements that took part. A fact that is missing never counts as "
        "fulfilled: an unknown journey or age is not eligible.",
    ),
    ("2.4.3.7", "source_data_url", "Source data URL", "Not open: the records are personal data."),
    (
        "2.4.3.8",
        "data_collection",
        "Data collection",
        "Collected for this purpose from young people, their providers and employers.",
    ),
    (
        "2.4.3.9",
        "data_cleaning",
        "Data cleaning",
        "Postcodes become points by the region's list. A record that cannot be used is refused "
        "by name and field; nothing is guessed.",
    ),
    ("2.4.3.10", "data_sharing_agreements", "Data sharing agreements", None),
    (
        "2.4.3.11",
        "data_access_and_storage",
        "Data access and storage",
        "Staff of the authority see the plan; employers see a name when they make an offer. The "
        "auditor's file carries no names, and homes only as postcode sectors.",
    ),
    ("2.5.1", "impact_assessment", "Impact assessment", None),
    (
        "2.5.2",
        "risks_and_mitigations",
        "Risks and mitigations",
        "Journeys that are estimates may be wrong: they are labelled so, and staff confirm them. "
        "A rule may shut out a group: rates by group are reported with their uncertainty before "
        "approval. A fault in the program: every plan carries a proof that a second program "
        "checks. Somebody changes records: sealed hashes show it. A person is told no: the "
        "reason says what would change it, and a dated next step follows.",
    ),
)
