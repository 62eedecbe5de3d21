"""The errors of index/, as a tree.

IndexFault
├── UnreadableReport     the file cannot be read, or is no report that is recognised
├── NoUsableIndex        asking is not possible
│   ├── MissingIndex     nothing was built yet
│   ├── StaleIndex       the index was built from something else than what is here now
│   └── BrokenIndex      files of the index are damaged
├── UnwritableIndex      the folder of the index cannot be written
├── UnreachableServer    the Chroma server that holds the index does not answer
├── BuildRunning         another build holds the lock
├── ShelfFault           what is asked of the shelf cannot be done: a name that is taken, odd or unknown, a report that is on it
├── BadTeaching          lines that a report is to be taught cannot be used
├── NoPicture            a page of the report cannot be shown as a picture
└── BadWeights           the embedding model is missing or is not the one we expect
"""


class IndexFault(Exception):
    """Base of all faults of index/: the message is one sentence that says what to do."""


class UnreadableReport(IndexFault):
    """The file cannot be read, or is no report that is recognised."""


class NoUsableIndex(IndexFault):
    """There is no index to ask."""


class MissingIndex(NoUsableIndex):
    """Nothing was built yet."""


class StaleIndex(NoUsableIndex):
    """The index was built from another report, bank, model or reader, or the report is gone."""


class BrokenIndex(NoUsableIndex):
    """A file of the index is missing or does not have its recorded checksum."""


class UnwritableIndex(IndexFault):
    """The folder of the index cannot be made or written, or the disk is full."""


class UnreachableServer(IndexFault):
    """The Chroma server of FINDINGS_CHROMA does not answer, or not as one."""


class BuildRunning(IndexFault):
    """Another process is building and did not finish in time."""


class ShelfFault(IndexFault):
    """A name is taken, odd or unknown, the report is on the shelf already, or it is the one that stays."""


class BadTeaching(IndexFault):
    """A file of teaching lines is none, or too much of it is wrong; or the report cannot be taught."""


class NoPicture(IndexFault):
    """The index holds no PDF, the page is not there, or it cannot be drawn."""


class BadWeights(IndexFault):
    """The embedding model cannot be loaded or fails its checksum."""
