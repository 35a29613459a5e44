"""A crowd on kept connections, each asking for one digit after another: `python -m benchmarks.crowd`."""

from __future__ import annotations

import http.client
import json
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

CLIENTS = 8


def main(host: str, path: str, first: int, count: int) -> None:
    """Ask for `count` digits from `first` on, put into `path` for "{}"; print what came of it as JSON.

    It prints {"seconds": …, "milliseconds": [of every answer], "bytes": [of every body], "errors": …}.
    """
    digits = iter(range(first, first + count))
    started = time.perf_counter()
    with ThreadPoolExecutor(CLIENTS) as pool:
        visits = [pool.submit(_visit, host, path, digits) for _ in range(CLIENTS)]
        answers = [answer for visit in visits for answer in visit.result()]
    seconds = time.perf_counter() - started
    right = [answer for answer in answers if answer[0] == 200]
    print(
        json.dumps(
            {
                "seconds": seconds,
                "milliseconds": [milliseconds for _, milliseconds, _ in right],
                "bytes": [size for _, _, size in right],
                "errors": count - len(right),
            }
        )
    )


def _visit(host: str, path: str, digits: Iterator[int]) -> list[tuple[int, float, int]]:
    connection = http.client.HTTPConnection(host, timeout=60)
    answers = []
    for digit in digits:  # shared: next() of a range is one step of the interpreter
        started = time.perf_counter()
        connection.request("GET", path.format(digit), headers={"Accept-Encoding": "gzip"})
        response = connection.getresponse()
        size = len(response.read())
        answers.append((response.status, 1000 * (time.perf_counter() - started), size))
    connection.close()
    return answers


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
