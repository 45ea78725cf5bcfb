# SPDX-License-Identifier: Apache-2.0
"""Says where the robot is on the map, how sure it is of that, and when it is lost."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from robot_navigation.global_search import SearchSettings, search
from robot_navigation.grid import GridMap
from robot_navigation.likelihood_field import LaserModel, LikelihoodField
from robot_navigation.particles import CloudSummary, MotionNoise, ParticleCloud
from robot_navigation.scan import Scan, thin
from ronda_core.se2 import SE2


class LocalisationState(IntEnum):
    """How far the position may be trusted; the numbers are those of `ronda/msg/LocalisationState`."""

    UNINITIALISED = 0
    CONVERGING = 1
    LOCALISED = 2
    LOST = 3


@dataclass(frozen=True)
class LocaliserSettings:
    """Distances in metres, angles in radians, times in seconds.

    `lost_fit`: the position is lost when the fit (the agreement of scan and map, `Verdicts.agreement`) stays below it
    for `lost_after`. `good_fit`: the least fit at which a position is believed. One that was found by searching must
    besides explain `search_explained` of all beams, since few beams fit somewhere by chance; one that was given
    `given_explained`. `told_enough`: share of beams, explained or contradicting, with which a scan counts in full.
    `filter_margin`: beams that end early and so far from everything mapped do not weigh the particles while these
    spread by less than `filter_std`. `global_travel`: how far the robot must have moved (a radian counts as half a
    metre), and `sure_for` how long particles and fit must have agreed, before a position is believed. One that moves by
    more than `jump_distance` or `jump_angle` against the odometry from one scan to the next was wrong before or is
    now: it is lost until it has proved itself like one that was found by searching.
    """

    particles_min: int = 500
    particles_max: int = 3000
    beams: int = 60
    fit_beams: int = 120
    fit_steps: int = 120
    update_distance: float = 0.05
    update_angle: float = 0.05
    good_fit: float = 0.55
    lost_fit: float = 0.40
    lost_after: float = 1.5
    search_explained: float = 0.55
    given_explained: float = 0.10
    told_enough: float = 0.10
    filter_std: float = 0.30
    filter_margin: float = 0.5
    lost_position_std: float = 1.0
    localised_position_std: float = 0.25
    localised_yaw_std: float = 0.15
    localised_share: float = 0.9
    global_travel: float = 0.5
    sure_for: float = 0.8
    jump_distance: float = 1.0
    jump_angle: float = 0.8
    search_every: float = 2.0
    alpha_slow: float = 0.02
    alpha_fast: float = 0.2
    injection_max: float = 0.1
    noise: MotionNoise = field(default_factory=MotionNoise)
    laser: LaserModel = field(default_factory=LaserModel)
    search: SearchSettings = field(default_factory=SearchSettings)


@dataclass(frozen=True, eq=False)
class Estimate:
    """`pose` of base_footprint in the map at the scan's time, `map_to_odom` for REP 105, (3, 3) `covariance`."""

    state: LocalisationState
    pose: SE2
    map_to_odom: SE2
    covariance: NDArray[np.float64]
    position_std: float
    yaw_std: float
    fit: float
    particles: int
    detail: str


class Localiser:
    """Particle filter on a likelihood field, with a global start and recovery. Repeatable for a seed.

    Augmented as in Thrun, Burgard, Fox (2005), table 8.3: random poses are injected while the short-term likelihood is
    below the long-term one.
    """

    def __init__(self, grid: GridMap, settings: LocaliserSettings | None = None, seed: int = 0) -> None:
        self.settings = settings or LocaliserSettings()
        self._grid = grid
        self._field = LikelihoodField(grid, self.settings.laser)
        self._rng = np.random.default_rng(seed)
        self._cloud: ParticleCloud | None = None
        self._summary: CloudSummary | None = None
        self._odom: SE2 | None = None
        self._last_stamp: float | None = None
        self._believed: SE2 | None = None
        self._fit = self._explained = 0.0
        self._least_explained = self.settings.search_explained
        self._bad_since: float | None = None
        self._sure_since: float | None = None
        self._last_search = -np.inf
        self._slow = self._fast = 0.0
        self._state = LocalisationState.UNINITIALISED
        self._search_due = False
        self._travel_due = 0.0
        self._forced_updates = 0
        self._detail = "no pose yet: give one on initialpose or ask for a global start"

    @property
    def state(self) -> LocalisationState:
        """The state after the last update."""
        return self._state

    @property
    def particles(self) -> NDArray[np.float64]:
        """(N, 3) x, y, yaw in the map frame, as of the last update of the cloud."""
        return self._cloud.poses.copy() if self._cloud is not None else np.empty((0, 3))

    def set_pose(self, pose: SE2, covariance: NDArray[np.float64] | None = None) -> None:
        """Start from a known `pose` in the map; `covariance` is (3, 3) in x, y, yaw (default 0.25 m and 0.15 rad)."""
        if covariance is None:
            covariance = np.diag([0.25**2, 0.25**2, 0.15**2])
        self._cloud = ParticleCloud.around(pose, covariance, self.settings.particles_max // 2, self._rng)
        self._begin("pose given", travel=0.0, explained=self.settings.given_explained)

    def start_globally(self) -> None:
        """Forget the position; the next scan is compared with the whole map."""
        self._search_due = True
        self._begin(
            "searching the whole map", travel=self.settings.global_travel, explained=self.settings.search_explained
        )

    def _begin(self, detail: str, travel: float, explained: float) -> None:
        self._state, self._detail = LocalisationState.CONVERGING, detail
        self._odom = self._summary = self._believed = None
        self._prove(travel, explained)

    def _prove(self, travel: float, explained: float) -> None:
        """Forget how well the position fitted; it must travel and explain so much before it is believed."""
        self._travel_due, self._forced_updates, self._least_explained = travel, 3, explained
        self._fit = self._explained = 0.0
        self._bad_since = self._sure_since = None
        self._slow = self._fast = 0.0

    def update(self, scan: Scan, odom: SE2) -> Estimate | None:
        """Take a scan and the odometry pose at its time. None until a start was asked for or while scans are unusable.

        The caller may skip scans; motion is taken from the odometry between those that come in.
        """
        if self._state is LocalisationState.UNINITIALISED:
            return None
        if not scan.valid or len(scan.points) < 8:
            return self._estimate(odom)
        if self._search_due and not self._search(scan):
            return None
        if self._cloud is None:
            return None
        if self._odom is None:
            self._odom = odom
        step = self._odom.between(odom)
        moved = float(np.hypot(step.x, step.y))
        far = moved >= self.settings.update_distance or abs(step.yaw) >= self.settings.update_angle
        if far or self._forced_updates > 0:
            self._forced_updates = max(0, self._forced_updates - 1)
            self._travel_due -= moved + 0.5 * abs(step.yaw)
            self._filter(scan, step)
            self._odom = odom
        self._judge(scan, odom)
        return self._estimate(odom)

    def _search(self, scan: Scan) -> bool:
        self._last_search = scan.stamp
        found = search(self._grid, self._field, scan, self._rng, self.settings.search)
        if not len(found):
            self._detail = "the scan fits nowhere on the map"
            return False
        self._search_due = False
        copies = max(1, self.settings.particles_max // len(found))
        poses = np.repeat(found, copies, axis=0)
        poses += self._rng.standard_normal(poses.shape) * (0.05, 0.05, 0.02)
        self._cloud = ParticleCloud(poses, self._rng)
        self._odom = None
        return True

    def _filter(self, scan: Scan, step: SE2) -> None:
        assert self._cloud is not None
        settings, cloud = self.settings, self._cloud
        cloud.move(step, settings.noise)
        points = thin(self._without_strangers(scan), settings.beams)
        logs = self._field.log_likelihood(cloud.poses, points)
        per_beam = float(cloud.weights @ np.exp(logs / (settings.laser.temper * len(points))))
        self._slow += settings.alpha_slow * (per_beam - self._slow) if self._slow else per_beam
        self._fast += settings.alpha_fast * (per_beam - self._fast) if self._fast else per_beam
        cloud.weigh(logs)
        self._summary = cloud.summary()
        if cloud.effective < 0.5 * len(cloud):
            count = cloud.kld_count(settings.particles_min, settings.particles_max)
            share = min(settings.injection_max, max(0.0, 1.0 - self._fast / self._slow))
            cloud.resample(count, self._random_poses(int(share * count)))

    def _without_strangers(self, scan: Scan) -> NDArray[np.float64]:
        """The scan's hits but for those that ended early, far from everything on the map, where the pose is well known.

        They are people or parked cars, and would draw the cloud towards walls that they resemble. (The distance filter
        of Fox, Burgard, Thrun: "Markov localization for mobile robots in dynamic environments", 1999.)
        """
        assert self._cloud is not None
        summary, settings = self._cloud.summary(), self.settings
        if summary.position_std > settings.filter_std or summary.share < settings.localised_share:
            return scan.points
        points = thin(scan.points, 3 * settings.beams)
        early = self._field.early(summary.pose, points, scan.sensor, settings.filter_margin)
        return points if early.all() else points[~early]

    def _random_poses(self, count: int) -> NDArray[np.float64] | None:
        """Half around the present position, half anywhere on the free floor."""
        if count < 2 or self._summary is None:
            return None
        here = self._summary.pose
        near = self._rng.standard_normal((count // 2, 3)) * (0.5, 0.5, 0.3) + (here.x, here.y, here.yaw)
        rows, columns = np.nonzero(self._grid.free)
        chosen = self._rng.integers(len(rows), size=count - count // 2)
        places = self._grid.to_points(np.column_stack([rows[chosen], columns[chosen]]))
        yaws = self._rng.uniform(-np.pi, np.pi, len(chosen))
        return np.vstack([near, np.column_stack([places, yaws])])

    def _judge(self, scan: Scan, odom: SE2) -> None:
        assert self._summary is not None
        settings, summary, pose = self.settings, self._summary, self._pose(odom)
        beams = thin(scan.points, settings.fit_beams)
        here = np.array([[pose.x, pose.y, pose.yaw]])
        verdicts = self._field.verdicts(here, beams, scan.sensor, steps=settings.fit_steps)
        fit, explained = float(verdicts.agreement()[0]), float(verdicts.explained[0])
        gap = 0.1 if self._last_stamp is None else min(1.0, max(0.0, scan.stamp - self._last_stamp))
        self._last_stamp = scan.stamp
        weight = min(1.0, gap / 0.5) if self._fit else 1.0
        self._explained += weight * (explained - self._explained)
        # A scan that shows next to nothing of the map says as little about the pose; the cloud's spread is left then.
        told = min(1.0, float(verdicts.told[0]) / settings.told_enough) if self._fit else 1.0
        self._fit += weight * told * (fit - self._fit)
        bad = self._fit < settings.lost_fit or summary.position_std > settings.lost_position_std
        if not bad:
            self._bad_since = None
        elif self._bad_since is None:
            self._bad_since = scan.stamp
        lasting = self._bad_since is not None and scan.stamp - self._bad_since >= settings.lost_after
        sure = (
            summary.share >= settings.localised_share
            and summary.position_std <= settings.localised_position_std
            and summary.yaw_std <= settings.localised_yaw_std
            and self._fit >= settings.good_fit
            and self._explained >= self._least_explained
        )
        leap = self._leap(pose, odom)
        if leap:
            self._state, self._travel_due = LocalisationState.LOST, settings.global_travel
            self._least_explained, self._sure_since = settings.search_explained, None
            self._detail = f"lost: {leap}; the new place is being checked"
        elif lasting:
            self._state = LocalisationState.LOST
            self._detail = f"scan and map agree by {self._fit:.0%} only"
            if scan.stamp - self._last_search >= settings.search_every:
                self._retry(scan)
        elif self._lasting_sure(scan.stamp, sure) and self._travel_due <= 0.0 and self._forced_updates == 0:
            self._state, self._detail = LocalisationState.LOCALISED, "the scan fits the map"
        elif self._state is LocalisationState.CONVERGING:
            self._detail = f"fit {self._fit:.0%}, {summary.share:.0%} of the particles agree"
        self._believed = pose.compose(odom.inverse()) if self._state is LocalisationState.LOCALISED else None

    def _leap(self, pose: SE2, odom: SE2) -> str:
        """Say how the pose moved further than the odometry allows since it was last believed; empty if it did not."""
        if self._believed is None:
            return ""
        apart = self._believed.compose(odom).between(pose)
        distance, angle = math.hypot(apart.x, apart.y), abs(apart.yaw)
        if distance <= self.settings.jump_distance and angle <= self.settings.jump_angle:
            return ""
        return f"the position jumped by {distance:.1f} m and {math.degrees(angle):.0f} degrees"

    def _lasting_sure(self, stamp: float, sure: bool) -> bool:
        if not sure:
            self._sure_since = None
        elif self._sure_since is None:
            self._sure_since = stamp
        return self._sure_since is not None and stamp - self._sure_since >= self.settings.sure_for

    def _retry(self, scan: Scan) -> None:
        """Compare the scan with the whole map; go on from there if something fits clearly better than now."""
        before, odom = self._cloud, self._odom
        if not self._search(scan):
            return
        assert self._cloud is not None
        beams = thin(scan.points, self.settings.fit_beams)
        best = float(self._field.explained(self._cloud.poses[:1], beams, scan.sensor)[0])
        if best < max(self.settings.search_explained, self._explained + 0.1):
            self._cloud, self._odom = before, odom
            return
        self._prove(self.settings.global_travel, self.settings.search_explained)
        self._detail = "lost; a new place fits the scan and is being checked"

    def _pose(self, odom: SE2) -> SE2:
        assert self._summary is not None and (self._odom is not None or self._summary is not None)
        return self._summary.pose if self._odom is None else self._summary.pose.compose(self._odom.between(odom))

    def _estimate(self, odom: SE2) -> Estimate | None:
        if self._summary is None:
            return None
        pose = self._pose(odom)
        return Estimate(
            state=self._state,
            pose=pose,
            map_to_odom=pose.compose(odom.inverse()),
            covariance=self._summary.covariance,
            position_std=self._summary.position_std,
            yaw_std=self._summary.yaw_std,
            fit=self._fit,
            particles=len(self._cloud) if self._cloud is not None else 0,
            detail=self._detail,
        )
