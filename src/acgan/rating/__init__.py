"""People as judges: a page on which they name samples and real images, and what they answered."""

FOLDER = "rate"  # in results/<experiment>/, a folder for each page
ANSWERS = f"{FOLDER}/answers.csv"  # of all people, collected
# Columns of a page's key.csv; `of` is the suite of a sample, the data set of a real image.
KEY = ("picture", "kind", "of", "class", "model", "sample", "judge", "choices")
# Columns of the file that a person saves; `sheet` is drawn at random when the page is opened first,
# and tells two people apart who answer alike.
GIVEN = ("page", "sheet", "picture", "class", "real")
COLLECTED = ("page", "person", "picture", "kind", "of", "class", "judge", "named", "taken_for")
