"""Staff of the desk: Raúl administers, Carolina is an executive."""

import pytest

from acompana.people.tests.desk_people import enter, staff


@pytest.fixture
def raul():
    return staff("Raul", "Mena", "CL-CENTRAL", "administrator")


@pytest.fixture
def carolina():
    return staff("Carolina", "Soto", "CL-VS", "regional-executive")


@pytest.fixture
def admin(client, raul):
    return enter(client, raul)
