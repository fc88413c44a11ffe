"""Faults to plant in the valid tree, one by one, and what the checker must say of each."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.content.tree import GONE

MCQ = "q.eval.precision-of-flags"
WORDED = "q.eval.metric-for-rare-class"
MULTI = "q.eval.what-moves-recall"
NUMERIC = "q.eval.share-of-false-alarms"
OUTPUT = "q.tools.list-in-default"
TERM = "q.stats.name-of-first-error"
TEMPLATE = "t.eval.precision-with-numbers"
CONCEPT = "c.eval.four-cells"
FIRST = "h.eval.count-by-hand"
OUTSIDE = "h.swe.mend-a-page"


@dataclass(frozen=True)
class Planted:
    """A fault: its rule (none for the schema), its item, what to change, what the reason says, the id it is told of."""

    rule: str
    item: str
    changes: dict[str, Any]
    reason: str
    told_of: str = ""


def stem(text: str) -> dict[str, Any]:
    """A changed stem."""
    return {"stem": text}


ASKS = "Which cells of the confusion matrix enter into the recall of the positive class?"
SCHEMA = [
    Planted("", MULTI, {"colour": "red"}, "colour: Extra inputs are not permitted"),
    Planted("", MULTI, {"options.0.colour": "red"}, "colour: Extra inputs"),
    Planted("", MULTI, {"objective": GONE}, "objective: Field required"),
    Planted("", MULTI, {"difficulty": 6}, "difficulty: Input should be less than or equal to 5"),
    Planted("", MULTI, {"kind": "essay"}, "unknown kind 'essay'"),
    Planted("", MULTI, {"id": "q.eval.What Moves"}, "id: String should match", "q.eval.What Moves"),
    Planted("", MULTI, {"id": MCQ}, "the id is taken already", MCQ),
    Planted("", MULTI, {"topic": "stats.estimation"}, "is not of the track eval"),
    Planted("", WORDED, {"options.1.correct": True}, "single choice has one right option, not 2"),
    Planted("", WORDED, {"options.2": GONE}, "single choice has 3 to 5 options, not 2"),
    Planted("", MULTI, {"options.2.correct": True, "options.3.correct": True}, "at least 2 right options and not all"),
    Planted("", MULTI, {"options.3.text": "true  Positives"}, "two options have the same text"),
    Planted("", MULTI, {"options.2.misconception": GONE}, "needs a misconception"),
    Planted("", MULTI, {"options.0.why": "Because."}, "options.0.why: String should have at least 20 characters"),
    Planted("", MULTI, {"options.0.why": "word " * 60}, "options.0.why: String should have at most 280 characters"),
    Planted("", MULTI, {"licence": "MIT"}, "licence: Input should be 'CC-BY-4.0'"),
    Planted("", MULTI, {"status": "live"}, "a live item needs the date of its review"),
    Planted("", MULTI, {"refs.0": {"title": "A page", "locator": "top", "url": "http://a.org"}}, "refs.0.url"),
    Planted("", MULTI, {"refs.0": {"title": "A page", "locator": "top"}}, "needs a url, a doi or an isbn"),
    Planted("", MULTI, {"image": {"path": "a.png", "alt": "?"}}, "image.alt: String should have at least 10"),
    Planted("", MCQ, {"options.0.value": 0.95}, "stand in ascending order"),
    Planted("", NUMERIC, {"options.1.value": 8.76}, "lies within the tolerance of the key"),
    Planted("", FIRST, {"verify.method": "fax"}, "verify.method: Input should be 'github_pr'"),
    Planted("", OUTSIDE, {"verify.require.stars": 5}, "cannot require stars"),
]
STRUCTURE = [
    Planted(
        "E02", MULTI, {"id": "q.stats.what-moves-recall"}, "the id names the track stats", "q.stats.what-moves-recall"
    ),
    Planted("E02", MULTI, {"id": "c.eval.what-moves"}, "stands in concepts/", "c.eval.what-moves"),
    Planted("E03", MULTI, {"topic": "eval.nothing"}, "there is no topic eval.nothing"),
    Planted("E03", MULTI, {"topic": "eval.tuning"}, "its place is questions/eval/tuning.yaml"),
    Planted("E03", FIRST, {"level": 1}, "its place is challenges/level-1.yaml"),
    Planted("E03", MULTI, {"prereq": ["eval.nothing"]}, "prereq: there is no topic eval.nothing"),
    Planted("E03", MULTI, {"contrast_with": "q.eval.gone"}, "contrast_with: there is no question q.eval.gone"),
    Planted("E03", CONCEPT, {"recall": "q.eval.gone"}, "recall: there is no question q.eval.gone"),
    Planted("E03", OUTSIDE, {"fallback": "h.eval.gone"}, "fallback: there is no challenge h.eval.gone"),
    Planted("E06", NUMERIC, {"options.1": GONE}, "a typed answer has 2 to 5 known answers"),
    Planted("E07", MULTI, {"options.3.text": "True positives,"}, "are the same"),
    Planted("E07", MCQ, {"options.2.text": "0.803", "options.2.value": 0.803}, "'0.80' and '0.803' are the same"),
    Planted("E08", MULTI, {"options.0.why": "True positives: true positives."}, "says the option's own words"),
    Planted("E09", MULTI, {"refs": []}, "there is no reference"),
    Planted("E09", MULTI, {"refs.0.locator": " "}, "needs a title and a locator"),
    Planted("E09", MULTI, {"refs.0.url": "https://medium.com/x"}, "not a primary source"),
    Planted("E09", MULTI, {"refs.0.url": "https://10.0.0.1/x"}, "no host that everybody can reach"),
    Planted("E09", MULTI, {"refs.0.isbn": "9780387402728"}, "its check digit is wrong"),
    Planted("E09", NUMERIC, {"refs.0.doi": "doi:10.1016/x"}, "is no doi"),
    Planted("E10", MULTI, {"options.2.misconception": "m.gone"}, "m.gone is not in misconceptions.yaml"),
    Planted("E10", TEMPLATE, {"distractors.0.misconception": "m.gone"}, "m.gone is not in misconceptions.yaml"),
    Planted("E10", CONCEPT, {"misconception": "m.gone"}, "m.gone is not in misconceptions.yaml"),
    Planted("E12", MULTI, {"reviewed": date(2026, 12, 1)}, "2026-12-01 lies in the future"),
    Planted("W13", CONCEPT, {"discuss": "Which cell cost most in the projects of 2025?"}, "a year (2025)"),
    Planted("W13", CONCEPT, {"discuss": "Which cell costs 5 dollars a case?"}, "a price (5 dollars)"),
    Planted(
        "W13", CONCEPT, {"discuss": "What does scikit-learn 1.9 make of an empty cell?"}, "a version (scikit-learn 1.9)"
    ),
    Planted("W13", CONCEPT, {"discuss": "Which cell do the latest projects name?"}, "a word that ages (latest)"),
    Planted("E14", MCQ, {"volatile": {"as_of": "2025-01", "review_by": "2026-10"}}, "its review was due by 2026-10"),
    Planted(
        "E14", MULTI, {"volatile": {"as_of": "2025-01", "review_by": "soon"}}, "'soon' is neither a date nor a month"
    ),
    Planted("E14", MULTI, {"volatile": {"as_of": "2025-01", "review_by": "2024-01"}}, "must come after as_of"),
]
WRITING = [
    Planted("E20", MULTI, {"options.3.text": "All of the above"}, "speaks of other options"),
    Planted("E20", MULTI, {"options.3.text": "Both A and C"}, "speaks of other options"),
    Planted(
        "W21",
        MULTI,
        stem("Which cells of the confusion matrix do not enter into the recall?"),
        "negative (not); write NOT",
    ),
    Planted("W21", MULTI, stem("Which cells of the matrix enter into the recall least?"), "negative (least)"),
    Planted("E22", MULTI, stem("Name the cells of the confusion matrix that recall looks at."), "end in a question"),
    Planted("W23", MULTI, stem("A long story. " * 24 + ASKS), "the stem has 416 characters"),
    Planted("W24", MULTI, {"options.2.text": "Only false positives"}, "only wrong options say only"),
    Planted("W24", MULTI, {"options.0.text": "True positives, typically"}, "only the key says typically"),
    Planted(
        "W25", WORDED, {"options.0.text": "Recall, also known as sensitivity"}, "3.3 times the median wrong option"
    ),
    Planted(
        "W25",
        WORDED,
        {
            "options.0.text": "Recall, which some of the older books call sensitivity and some the true hit rate",
            "options.1.text": "Precision, known in medicine as the positive predictive value",
            "options.2.text": "Specificity, known in medicine as the true negative share",
        },
        "the longest option by 20",
    ),
    Planted("W26", WORDED, {"options.0.text": "Cases found"}, "'case' of the stem stands in the key alone"),
    Planted(
        "W27",
        WORDED,
        stem("The metric that rises as soon as fewer cases of fraud are missed is a ___"),
        "ends in a or an",
    ),
    Planted("W28", WORDED, {"options.1.text": "Precision."}, "some options end in a punctuation mark"),
    Planted("W29", WORDED, {"options.1.text": "Precision or recall"}, "contains the option 'Recall'"),
    Planted("E30", MULTI, {"shuffle": False}, "numbers in ascending order"),
    Planted("W32", WORDED, stem("Fraud is rare. Which metric often rises when fewer cases are missed?"), "says often"),
    Planted("W32", MULTI, {"options.3.text": "True negatives, sometimes"}, "says sometimes"),
]
TRUTH = [
    Planted("E40", NUMERIC, {"check": GONE}, "a number needs a check"),
    Planted("E40", MCQ, {"options.0.value": 0.5}, "the option '0.67' has the value 0.5"),
    Planted("E40", MCQ, {"options.1.value": GONE}, "the key needs its value"),
    Planted("E40", OUTPUT, {"check": {"run": "claim = True"}}, "the output of the code is the check"),
    Planted("E43", TEMPLATE, {"oracle": GONE}, "a template needs an oracle"),
    Planted("E43", TEMPLATE, {"params.hit": {"int": [1, 10_000_000]}}, "the parameter hit has 10000000 values"),
    Planted("E43", TEMPLATE, {"params.hit": {"int": [5, 4]}}, "the parameter hit has 0 values"),
    Planted("E43", TEMPLATE, {"constraints": ["hit < 0"]}, "no valid parameters in 2000 draws"),
    Planted("E44", TEMPLATE, {"solve": "100 * hit / total"}, "solve: total is no parameter"),
    Planted("E44", TEMPLATE, {"solve": "100 * hit /"}, "solve: not an expression"),
    Planted("E44", TEMPLATE, {"solve": "hit.real"}, "Attribute is not part of the language"),
    Planted("E44", TEMPLATE, {"solve": "open(hit)"}, "open is no parameter"),
    Planted("E44", TEMPLATE, {"distractors.0.when": "hit > total"}, "distractor 1, when: total is no parameter"),
    Planted("E44", TEMPLATE, {"worked": "100 * {hits} gives {answer}"}, "worked: hits is no parameter"),
    Planted("E44", TEMPLATE, {"solve": "100 / (hit - hit)"}, "has no value"),
    Planted(
        "E44",
        TEMPLATE,
        {"distractors.0.when": "hit < 1", "distractors.0.why": "That is {1 / (hit - hit)} of the flagged ones."},
        "'1 / (hit - hit)' has no value",
    ),
    Planted(
        "E45",
        TEMPLATE,
        stem("Of {hit + wrong} messages {hit} are spam. What is the precision, in percent?"),
        "how far to round",
    ),
    Planted(
        "E45",
        TEMPLATE,
        stem("Of {hit + wrong} messages {hit} are spam. What is the precision, to one decimal?"),
        "the unit %",
    ),
    Planted(
        "E45", NUMERIC, stem("Which share of 80 healthy machines sets the check off, to one decimal?"), "the unit %"
    ),
    Planted(
        "W47",
        WORDED,
        stem("Of 900 payments some are fraud. Which metric rises as soon as fewer are missed?"),
        "a number (900)",
    ),
    Planted("W47", WORDED, {"code": {"lang": "python", "text": "print()"}}, "there is code, but no check"),
]
SHOWING = [
    Planted("E01", CONCEPT, {"discuss": " "}, "discuss is empty"),
    Planted("E01", FIRST, {"steps.1": ""}, "step 2 is empty"),
    Planted("E62", CONCEPT, {"discuss": "Which cell\u202e costs most?"}, "cannot be seen (U+202E)"),
    Planted("E60", MULTI, {"options.3.text": "t" * 201}, "an option: 201 characters, 200 fit"),
    Planted("E60", MULTI, {"options.3.text": "<" * 60}, "an option: 240 characters, 200 fit"),
    Planted("E60", CONCEPT, {"discuss": "word " * 280}, "hook, body and discussion"),
    Planted("E60", FIRST, {"steps": ["&" * 280] * 3}, "the card: a text block has"),
    Planted("E61", CONCEPT, {"body": "The loss is $-\\log p$ of the class."}, "looks like LaTeX"),
    Planted("E61", CONCEPT, {"body": "The loss is \\frac of the class."}, "looks like LaTeX"),
    Planted("E61", CONCEPT, {"body": "One line<br/>and another."}, "is HTML"),
    Planted("E61", CONCEPT, {"body": "a &nbsp; b"}, "is HTML"),
    Planted("E61", CONCEPT, {"body": "| a | b |\n|---|---|\n| c | d |"}, "Markdown table"),
    Planted(
        "E62", CONCEPT, {"discuss": "Hello @everyone, which cell costs most?"}, "'@everyone' could be read as a mention"
    ),
    Planted(
        "E62", CONCEPT, {"discuss": "Hello `<!channel>`, which cell costs most?"}, "'<!' could be read as a mention"
    ),
    Planted("E62", CONCEPT, {"discuss": "Hello <@U123>, which cell costs most?"}, "'<@' could be read as a mention"),
    Planted("E62", CONCEPT, {"discuss": "Come to discord.gg/abc to talk?"}, "invitation"),
    Planted("E63", CONCEPT, {"discuss": "What does `fit do to a cell?"}, "a backtick is left over"),
    Planted("E63", CONCEPT, {"discuss": "What does **fit do to a cell?"}, "'**' is left over"),
    Planted("E63", CONCEPT, {"discuss": "What does *fit* do to a cell?"}, "'*fit*' is left over"),
    Planted("E63", CONCEPT, {"discuss": "What does __init__ do to a cell?"}, "put it into a code span"),
    Planted("E63", CONCEPT, {"discuss": "What does ~~fit~~ do to a cell?"}, "put it into a code span"),
    Planted("E63", CONCEPT, {"hook": "What does `fit` do?"}, "hook: marks such as"),
    Planted("E64", MULTI, {"image": {"path": "gone.png", "alt": "A table of counts"}}, "gone.png is not there"),
    Planted("E64", MULTI, {"image": {"path": "../large.png", "alt": "A table of counts"}}, "inside the content folder"),
    Planted("E64", MULTI, {"image": {"path": "large.png", "alt": "A table of counts"}}, "1,048,577 bytes"),
    Planted("E64", MULTI, {"image": {"path": "clear.png", "alt": "A table of counts"}}, "is transparent"),
    Planted("E64", MULTI, {"image": {"path": "table.bmp", "alt": "A table of counts"}}, "is none of .png"),
]
LADDER = [
    Planted("E70", FIRST, {"verify.require.evidence": []}, "evidence is a list of what to show"),
    Planted("E70", FIRST, {"verify.require.evidence": [3]}, "evidence is a list of what to show"),
    Planted("E72", FIRST, {"limits.open_claims": 0}, "open_claims is a whole number from 1"),
    Planted("E72", FIRST, {"limits.rewarded_per_days": 3}, "rewarded_per_days is a pair"),
    Planted("E71", OUTSIDE, {"verify.require.repo": "numpy/numpy"}, "names a list"),
    Planted("E71", OUTSIDE, {"verify.require.repo": "allow_list:gone"}, "no project of repos.yaml is on the list gone"),
    Planted("E72", OUTSIDE, {"integrity": {}}, "ai_disclosure: required"),
    Planted("E72", OUTSIDE, {"limits": {"open_claims": 1}}, "rewarded_per_days"),
    Planted("E72", OUTSIDE, {"fallback": GONE}, "needs a fallback that burdens no third party"),
    Planted("E72", OUTSIDE, {"fallback": OUTSIDE}, "goes to other people's projects too"),
    Planted("E73", FIRST, {"done_when": "You have three merged pull requests."}, "'three merged pull requests'"),
    Planted("E73", FIRST, {"done_when": "The repository has 100 stars."}, "'100 stars'"),
    Planted("E73", OUTSIDE, {"verify.human.question": "what is the number of followers?"}, "'number of followers'"),
]
WAIVERS = [
    Planted("E01", MULTI, {"waive": {"E45": "there is nothing to round here"}}, "E45 is not a rule that can be waived"),
    Planted("E01", MULTI, {"waive": {"W36": "because"}}, "W36 needs a reason"),
    Planted("W23", MULTI, {"waive": {"W23": "the case needs its numbers"}}, "there is nothing to waive"),
    Planted(
        "W21",
        MULTI,
        {"stem": "Which cells do not enter into the recall?", "waive": {"W21": "the exception is what is learnt"}},
        "write NOT and waive it",
    ),
]
ALL = [*SCHEMA, *STRUCTURE, *WRITING, *TRUTH, *SHOWING, *LADDER, *WAIVERS]
