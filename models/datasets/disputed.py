"""Labels that people dispute; of MNIST's test set, by the one source that had people look at them.

Northcutt, Athalye & Mueller let an algorithm flag 100 test digits and five reviewers look at each; these are
the 15 of which fewer than three named the given label, which the paper counts as errors. Of ten of them three
and more reviewers named the class that the algorithm had guessed, of three neither, and on two they did not
agree. Of the others three and more confirmed the label: of digit 6597, for one, all five.

The numbers are the published ones, given with their source; the files of the source, which are under the GPL,
are not part of ConvLens.

Source: Northcutt, Athalye & Mueller (2021), Pervasive Label Errors in Test Sets Destabilize Machine Learning
Benchmarks, doi:10.48550/arXiv.2103.14749; the votes are in mturk/mnist_mturk.json of cleanlab/label-errors.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

SOURCE = "Northcutt, Athalye & Mueller 2021"
BRIEFLY = "Northcutt et al. 2021"  # where there is little room
DOI = "10.48550/arXiv.2103.14749"
REVIEWERS = 5
CONFIRMED = 3  # reviewers who name the given label, from whom on it is not disputed


@dataclass(frozen=True)
class Dispute:
    """What five people said of a digit that an algorithm took for wrongly labelled.

    Attributes:
        label: That MNIST gives.
        guess: The class that the reviewers were asked about beside it.
        for_label: Reviewers who named the label.
        for_guess: Reviewers who named the guess.
        for_neither: Reviewers who named neither.
    """

    label: int
    guess: int
    for_label: int
    for_guess: int
    for_neither: int

    @property
    def words(self) -> str:
        """What they said, most votes first, without the source.

        >>> DISPUTES[947].words, DISPUTES[2130].words
        ('5 of 5 reviewers say 9, none says 8', '2 of 5 reviewers say 9, 2 say 4, 1 says neither')
        """
        votes = [
            (self.for_guess, str(self.guess)),
            (self.for_label, str(self.label)),
            (self.for_neither, "neither"),
        ]
        (most, first), *others = sorted(votes, key=lambda vote: -vote[0])
        said = [f"{number} {'says' if number == 1 else 'say'} {what}" for number, what in others if number]
        nobody = [] if self.for_label else [f"none says {self.label}"]
        return ", ".join([f"{most} of {REVIEWERS} reviewers say {first}", *said, *nobody])


@dataclass(frozen=True)
class Disputes:
    """What is said against labels of a data set; nothing where nobody looked.

    Attributes:
        by_image: The disputes, by the image's index.
        source: Who says so.
        briefly: The same, where there is little room.
        doi: Of the source.
    """

    by_image: Mapping[int, Dispute] = field(default_factory=lambda: MappingProxyType({}))
    source: str = ""
    briefly: str = ""
    doi: str = ""

    def among(self, images: Iterable[int]) -> list[int]:
        """Return those of these images whose label is disputed, in their order.

        >>> MNIST.among([0, 6597, 947, 8527])
        [947, 8527]
        """
        return [int(image) for image in images if int(image) in self.by_image]

    def of(self, image: int, label: int) -> Dispute | None:
        """Return what is disputed about the label of an image, None where nothing is.

        Args:
            image: Its index.
            label: That it has here; of a set with other labels nothing is known.
        """
        found = self.by_image.get(image)
        return found if found and found.label == label else None


DISPUTES: Mapping[int, Dispute] = MappingProxyType(
    {
        947: Dispute(8, 9, 0, 5, 0),
        1621: Dispute(0, 6, 2, 3, 0),
        1901: Dispute(9, 4, 2, 3, 0),
        2130: Dispute(4, 9, 2, 2, 1),
        2462: Dispute(2, 0, 0, 4, 1),
        2597: Dispute(5, 3, 0, 4, 1),
        2654: Dispute(6, 1, 0, 2, 3),
        3520: Dispute(6, 4, 2, 0, 3),
        3558: Dispute(5, 0, 1, 4, 0),
        5937: Dispute(5, 3, 1, 3, 1),
        6651: Dispute(0, 6, 0, 5, 0),
        6783: Dispute(1, 6, 2, 3, 0),
        8527: Dispute(4, 9, 2, 2, 1),
        9679: Dispute(6, 3, 2, 0, 3),
        9729: Dispute(5, 6, 2, 3, 0),
    }
)  # by test digit, counted from 0


MNIST = Disputes(DISPUTES, SOURCE, BRIEFLY, DOI)
