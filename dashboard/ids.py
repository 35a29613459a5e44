"""The name of every component that a callback or the browser's code addresses."""

from __future__ import annotations

from enum import StrEnum


class Id(StrEnum):
    """Component ids; the browser's code uses the same words."""

    COMPARISON = "comparison"
    MESSAGE = "message"
    STATUS = "status"
    EXPLORE = "explore"
    COMPARE = "compare"
    COMPARE_PANELS = "compare-panels"
    NAV_EXPLORE = "nav-explore"
    NAV_COMPARE = "nav-compare"
    MODEL = "model"
    THEME = "theme"
    SHARE = "share"
    SCALE = "scale"
    STAGE = "stage"
    DIGIT = "digit"
    DIGIT_TITLE = "digit-title"
    DIGIT_CANVAS = "digit-canvas"
    SIGHT = "sight"
    PREVIOUS = "previous"
    NEXT = "next"
    GO_TO = "go-to"
    GO_TO_ERROR = "go-to-error"
    WALL = "wall"
    WALL_COUNT = "wall-count"
    WALL_LABEL = "wall-label"
    WALL_WRONG = "wall-wrong"
    WALL_SORT = "wall-sort"
    WALL_ANSWER = "wall-answer"
    VERDICT = "verdict"
    OFF = "off"
    NETWORK = "network"
    INSPECTOR = "inspector"
    PEEK = "peek"
