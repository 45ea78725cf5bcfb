# SPDX-License-Identifier: Apache-2.0
"""Starting processes, watching them and ending them without leaving one behind."""
