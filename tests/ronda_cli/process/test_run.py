# SPDX-License-Identifier: Apache-2.0
from ronda_cli.launchfile.plan import ProcessPlan
from ronda_cli.process.run import display_names


def process(label, node_name=None):
    return ProcessPlan(label=label, command=(label,), environment={}, node_name=node_name)


def test_names_are_short_where_they_are_unique():
    processes = [
        process("a_node", "/r1/gate"),
        process("b_node", "/r2/gate"),
        process("c", "/r1/face"),
        process("d"),
        process("d"),
    ]
    assert display_names(processes) == ["/r1/gate", "/r2/gate", "face", "d", "d-2"]
