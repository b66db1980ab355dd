"""What an employer is asked when a placement ends, beside how it ended."""

ENDING_QUESTIONS = {
    "on_time": "Did they come on time?",
    "did_the_work": "Did they do the work that was asked?",
    "take_again": "Would you take somebody again?",
}
"""The three questions, by the column that keeps the answer."""
ENDING_ANSWERS = {"yes": "Yes", "mostly": "Mostly", "no": "No"}
