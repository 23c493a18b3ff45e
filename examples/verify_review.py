"""Does the draw and the ranking of a round again, from what was published of them: python verify_review.py record.json

It needs nothing but Python and the rules in docs/services/review.md. Exit code 0: all is as published; 1: what
differs is printed.
"""

import hashlib
import json
import sys
from fractions import Fraction
from pathlib import Path


def sha256(text):
    return hashlib.sha256(text.encode()).hexdigest()


def draw(record, told):
    """Whether seed and panels fit together."""
    if told["seed"] is None:
        yield "the seed is not published yet: look again once the round is concluded"
        return
    if sha256(told["seed"]) != told["seed_hash"]:
        yield "the seed does not belong to the hash that was published before the draw"
    prefix = f"{told['seed']}|{told['beacon_value'] or ''}|{record['round']}|"
    order = sorted(told["pseudonyms"], key=lambda pseudonym: sha256(prefix + pseudonym))
    for each in record["applications"]:
        panel = [expert for expert in order if expert not in each["barred"]][: told["number"]]
        scored = {given["expert"] for given in each["scores"]}
        complete = scored == set(panel) or record["rules"]["missing"] == "present"
        if each["panel"] != panel or not scored <= set(panel) or not complete:
            yield f"{each['application']}: should be judged by {panel}"


def weighed(record, each):
    """What each expert gave, from the lowest up, and whether it counts; then the mean in hundredths."""
    total = sum(criterion["weight"] for criterion in record["criteria"])
    values = sorted(
        (
            Fraction(sum(given["scores"][c["name"]] * c["weight"] for c in record["criteria"]), total),
            given["expert"],
        )
        for given in each["scores"]
    )
    trim, ends = record["rules"]["trim_from"], {}
    if trim is not None and len(values) >= trim:
        ends = {0: "lowest", len(values) - 1: "highest"}
    told = [(expert, rounded(value), ends.get(n, "counted")) for n, (value, expert) in enumerate(values)]
    counted = [value for n, (value, _) in enumerate(values) if n not in ends]
    return told, rounded(sum(counted) / len(counted))


def rounded(value):
    return int(value * 100 + Fraction(1, 2))


def key(record, each):
    """Better first: by the mean, then by the round's rules for ties."""
    first = record["criteria"][0]["name"]
    ties = {
        "earlier": each["submitted_at"],
        "smaller_amount": each["amount_fen"],
        "more_beneficiaries": -each["beneficiaries_direct"],
        "first_criterion": -Fraction(sum(g["scores"][first] for g in each["scores"]), len(each["scores"])),
    }
    rules = [ties[rule] for rule in record["rules"]["ties"]]
    return (-weighed(record, each)[1], *rules, each["submitted_at"], each["application"])


def ranking(record):
    """Whether places, figures and proposals follow from the scores."""
    spent, over = 0, False
    ranked = sorted(record["applications"], key=lambda each: key(record, each))
    if len(ranked) != len(record["ranking"]):
        yield "not every application has its place"
    for number, (each, place) in enumerate(zip(ranked, record["ranking"]), 1):  # noqa: B905
        told, mean = weighed(record, each)
        published = [(s["expert"], s["weighted_hundredths"], s["treatment"]) for s in place["scores"]]
        figures = (place["application"], place["rank"], place["score_hundredths"], published)
        if figures != (each["application"], number, mean, told):
            yield f"place {number} should be {each['application']} with {mean}: {told}"
        low = mean < record["threshold"] * 100
        over = over or (not low and spent + each["amount_fen"] > record["budget_fen"])
        outcome = "below_threshold" if low else "beyond_budget" if over else "proposed"
        if record["chosen"] != "cut" and not low:
            outcome = place[
                "outcome"
            ]  # another set was proposed, with reasons: it only has to fit the budget
        spent += each["amount_fen"] if outcome == "proposed" else 0
        if place["outcome"] != outcome or spent > record["budget_fen"]:
            yield f"{each['application']} should be {outcome}; {spent} fen are proposed up to here"


def main(path):
    record = json.loads(Path(path).read_text(encoding="utf-8"))
    faults = [*(draw(record, record["draw"]) if record["draw"] else ()), *ranking(record)]
    print("\n".join(faults) or f"draw and ranking of {len(record['ranking'])} applications are as published")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
