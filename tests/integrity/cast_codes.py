"""Casts a ballot for each code of a file, one after another; a process of its own, to be traced.

After each it writes a mark, so that the trace tells what happened before a cast was acknowledged.
"""

import os
import sys
from pathlib import Path

from analysis.score.facts import Answer
from evalsvc.db import connect
from evalsvc.domain.voting import casting
from evalsvc.questions.levels import LevelsQuestion
from evalsvc.settings import Settings
from tests.cast import MORNING

MARK = b"acknowledged"


def main() -> None:
    instance, codes = Path(sys.argv[1]), Path(sys.argv[2]).read_text(encoding="utf-8").split()
    url = f"sqlite:///{instance / 'evalsvc.sqlite'}"
    settings = Settings(instance, url, "http://localhost", (), secure_cookies=False)
    database = connect(url, settings.peppers)
    for code in codes:
        visit = casting.admit(database, settings, code, MORNING)
        paper = casting.get_paper(database, visit, MORNING)
        answers = [
            Answer(unit.code, question.code, question.levels[0].code)
            for question in paper.questionnaire.questions
            if isinstance(question, LevelsQuestion)
            for unit in paper.units
        ]
        casting.cast(database, visit, answers, casting.new_nonce(), MORNING)
        os.write(2, MARK)
    database.close()
    print(len(codes))


if __name__ == "__main__":
    main()
