# SPDX-License-Identifier: Apache-2.0
"""The garage's web server: pay pages for phones, screens for gates, the providers' webhooks."""
