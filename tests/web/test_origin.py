"""A browser hides the origin of our own forms, because our pages send no referrer."""

import pytest


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Origin": "null", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null"}, 303),
        ({"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "null", "Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "null", "Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Origin": "https://elsewhere.example"}, 403),
    ],
)
def test_write_from_our_own_page_passes_and_from_another_site_does_not(visit, headers, status):
    visitor = visit().get("/sign-in")
    form = {**visitor.page.forms[-1].fields, "address": "nobody@mail.example"}
    reply = visitor.client.post("/sign-in", data=form, headers=headers)
    assert reply.status_code == status
