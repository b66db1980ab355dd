"""Published results: for anybody, with few people kept back, and as files."""

import csv
import io


def test_results_keep_back_what_tells_of_few_people(demo, visit):
    text = visit().get("/results").text
    assert "The whole region" in text
    assert "kept back" in text


def test_results_are_there_as_files_that_say_what_they_mean(demo, visit):
    client = visit().client
    rows = list(csv.DictReader(io.StringIO(client.get("/results/figures.csv").text)))
    assert {"table", "row", "measure", "value"} <= rows[0].keys()
    assert client.get("/results/figures.json").json["region"]
    assert "properties" in client.get("/results/figures.schema.json").json
    assert client.get("/results/data-dictionary.csv").status_code == 200
    assert client.get("/results/people.csv").status_code == 404
