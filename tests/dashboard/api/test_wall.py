from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from flask.testing import FlaskClient

from dashboard.wall import BLOCK
from dashboard.workspace import Workspace
from models.datasets.dataset import Dataset

if TYPE_CHECKING:
    pass
from tests.dashboard.sweeping import get


def test_the_wall_is_all_digits(client: FlaskClient, pretended: Workspace, test_digits: Dataset) -> None:
    """Its blocks put end to end are the pixels of the test set; its verdicts begin with the labels."""
    start = f"/wall/{pretended.version}"
    blocks = [gzip.decompress(get(client, f"{start}/{number}.bin").get_data()) for number in range(40)]

    assert b"".join(blocks) == test_digits.images.tobytes()
    assert len(blocks[0]) == BLOCK * 784
    verdicts = gzip.decompress(get(client, f"{start}/verdicts.bin").get_data())
    assert verdicts[:10_000] == test_digits.labels.tobytes()
