"""Every question and instrument that is shipped has a Spanish address, and one alone."""

from __future__ import annotations

import pytest
from django.urls import Resolver404, resolve, reverse

from acompana.kernel.lifecycle import all_lifecycles
from acompana.messages.addresses import LETTERS, ROOMS
from acompana.messages.composing import mail_files
from acompana.progress.urls import PROCESSES
from acompana.questionnaires.addresses import INSTRUMENTS, QUESTIONS
from acompana.questionnaires.content import shipped_definitions


def test_what_is_shipped_has_its_word():
    definitions = shipped_definitions()
    assert set(definitions) == set(INSTRUMENTS)
    assert {question["slug"] for one in definitions.values() for question in one["questions"]} == set(QUESTIONS)
    assert {table.kind for table in all_lifecycles()} == set(PROCESSES)
    rooms, letters = zip(*(name.split("/") for name, _ in mail_files()), strict=True)
    assert (set(rooms), set(letters)) == (set(ROOMS), set(LETTERS))


@pytest.mark.parametrize("question", ["commitment", "true_data", "one_of_ours"])
def test_a_question_is_found_by_its_word(question):
    address = reverse("portal:test_question", args=[7, question])
    assert resolve(address).kwargs == {"company_id": 7, "question": question}


def test_the_name_of_the_code_is_no_address():
    assert reverse("portal:test_question", args=[7, "commitment"]) == "/mi-empresa/7/test/compromiso/"
    with pytest.raises(Resolver404):
        resolve("/mi-empresa/7/test/commitment/")
