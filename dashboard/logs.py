"""One line of JSON per event, on standard error."""

from __future__ import annotations

import json
import logging
from typing import Any

STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLines(logging.Formatter):
    """Writes a record with its extra fields as one line; a stack only where there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as JSON."""
        line: dict[str, Any] = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
            **{key: value for key, value in vars(record).items() if key not in STANDARD},
        }
        if record.exc_info:
            line["stack"] = self.formatException(record.exc_info)
        return json.dumps(line, default=repr)


def configure(level: str) -> logging.Logger:
    """Send what the page, the networks and the server log to standard error; return the log of the start."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines())
    for room in ("dashboard", "models", "waitress"):
        log = logging.getLogger(room)
        log.handlers[:] = [handler]
        log.setLevel(level.upper())
        log.propagate = False
    return logging.getLogger("dashboard.start")
