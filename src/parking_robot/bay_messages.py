# SPDX-License-Identifier: Apache-2.0
"""Bays and findings as messages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from builtin_interfaces.msg import Time
from geometry_msgs.msg import Point, Pose, Quaternion
from ronda.msg import Bay as BayMessage
from ronda.msg import BayMap, EvidenceFile, Incident
from std_msgs.msg import Header

from parking_robot.bays.bay import BayKind
from parking_robot.bays.bay_record import BayState
from parking_robot.bays.findings import Finding, FindingKind, SeenBay
from parking_robot.stays.pictures import FINDINGS
from ronda_core.se2 import yaw_to_quaternion
from ronda_core.stamps import from_seconds

KINDS = {
    BayKind.GENERAL: BayMessage.KIND_GENERAL,
    BayKind.DISABLED: BayMessage.KIND_DISABLED,
    BayKind.EV: BayMessage.KIND_EV,
    BayKind.RESERVED: BayMessage.KIND_RESERVED,
    BayKind.KEEP_CLEAR: BayMessage.KIND_KEEP_CLEAR,
}
STATES = {
    BayState.UNKNOWN: BayMessage.STATE_UNKNOWN,
    BayState.FREE: BayMessage.STATE_FREE,
    BayState.OCCUPIED: BayMessage.STATE_OCCUPIED,
}
INCIDENTS = {
    FindingKind.NO_STAY: (Incident.KIND_VEHICLE_WITHOUT_STAY, Incident.SEVERITY_WARNING),
    FindingKind.OVERSTAY: (Incident.KIND_OVERSTAY, Incident.SEVERITY_INFO),
    FindingKind.WRONG_BAY: (Incident.KIND_WRONG_BAY, Incident.SEVERITY_INFO),
    FindingKind.BLOCKED_LANE: (Incident.KIND_OBSTRUCTION, Incident.SEVERITY_WARNING),
    # One plate at two cars is a forged one, or a misread one.
    FindingKind.TWO_BAYS: (Incident.KIND_WATCHLIST_PLATE, Incident.SEVERITY_WARNING),
}


def bay_message(seen: SeenBay, findings: Iterable[Finding]) -> BayMessage:
    """Return one bay as it is believed now."""
    bay = seen.bay
    x, y, z, w = yaw_to_quaternion(bay.yaw)
    return BayMessage(
        bay_id=bay.id,
        kind=KINDS[bay.kind],
        state=STATES[seen.state],
        plate=seen.plate,
        confidence=seen.plate_confidence if seen.plate else seen.confidence,
        seen=from_seconds(seen.seen) if seen.seen is not None else Time(),
        stay_id=seen.stay.stay_id if seen.stay else "",
        findings=[finding.kind.value for finding in findings if finding.bay_id == bay.id],
        pose=Pose(position=Point(x=bay.x, y=bay.y), orientation=Quaternion(x=x, y=y, z=z, w=w)),
        length=bay.length,
        width=bay.width,
    )


def map_message(
    header: Header,
    garage: str,
    bays: Sequence[SeenBay],
    findings: Sequence[Finding],
    rounds: int,
    finished: float | None,
) -> BayMap:
    """Return all bays; ``finished`` is when the last of the ``rounds`` ended, seconds of the header's clock."""
    real = [seen.state for seen in bays if seen.bay.kind is not BayKind.KEEP_CLEAR]
    return BayMap(
        header=header,
        garage=garage,
        bays=[bay_message(seen, findings) for seen in bays],
        bays_free=real.count(BayState.FREE),
        bays_occupied=real.count(BayState.OCCUPIED),
        bays_unknown=real.count(BayState.UNKNOWN),
        round=rounds,
        round_finished=from_seconds(finished) if finished is not None else Time(),
    )


def incident_message(
    finding: Finding, seen: SeenBay, header: Header, robot: str, evidence: Sequence[EvidenceFile] = ()
) -> Incident:
    """Return a finding as an incident for the console; ``evidence`` lies in the robot's store of pictures."""
    kind, severity = INCIDENTS[finding.kind]
    at = from_seconds(seen.seen) if seen.seen is not None else header.stamp
    return Incident(
        header=header,
        incident_id=f"{header.stamp.sec:010d}{header.stamp.nanosec:09d}-{finding.kind}-{finding.bay_id}",
        kind=kind,
        severity=severity,
        state=Incident.STATE_CANDIDATE,
        robot=robot,
        subject=finding.plate or finding.bay_id,
        subject_id=finding.stay_id,
        list_name=finding.kind.value,
        score=seen.plate_confidence if finding.plate else seen.confidence,
        threshold=math.nan,
        position=Point(x=seen.bay.x, y=seen.bay.y),
        first_seen=at,
        reported=header.stamp,
        summary=finding.text,
        evidence_folder=FINDINGS if evidence else "",
        evidence=list(evidence),
    )
