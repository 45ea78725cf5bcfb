# SPDX-License-Identifier: Apache-2.0
"""What the safety gate remembers beyond its own life: an engaged emergency stop, and whether it ended in order.

A gate that was killed, or lost its power, finds its record saying that it still runs: nothing moves then until a person
resumes. An emergency stop stays engaged over any restart.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from robot_base.errors import GateMemoryError


@dataclass(frozen=True, slots=True)
class GateRecord:
    """`running` is true from start to orderly end; `estop` with its `source` and `reason` until it is released."""

    running: bool = True
    estop: bool = False
    source: str = ""
    reason: str = ""


class GateMemory:
    """One small file, replaced as a whole. `path` is its place; the folder is made."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def recall(self) -> GateRecord | None:
        """The last record, None if there was none. One that cannot be read counts as an engaged stop."""
        try:
            known = json.loads(self.path.read_text(encoding="utf-8"))
            record = GateRecord(**known)
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError):
            return GateRecord(True, True, "memory", f"{self.path} cannot be read")
        if not (isinstance(record.running, bool) and isinstance(record.estop, bool)):
            return GateRecord(True, True, "memory", f"{self.path} cannot be read")
        return record

    def keep(self, record: GateRecord) -> None:
        """Write the record so that it outlives a loss of power. Raises GateMemoryError."""
        partial = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with partial.open("w", encoding="utf-8") as stream:
                json.dump(asdict(record), stream)
                stream.flush()
                os.fsync(stream.fileno())
            partial.replace(self.path)
        except OSError as error:
            raise GateMemoryError(
                f"the safety gate cannot keep its record in {self.path}: {error.strerror}",
                hint="set data_dir (or RONDA_DATA_DIR) to a folder that can be written",
            ) from error
