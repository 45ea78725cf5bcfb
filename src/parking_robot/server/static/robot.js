// SPDX-License-Identifier: Apache-2.0
// Prices change with the hour: the page is loaded anew each minute, but only from a server that answers.
setInterval(async () => {
  try {
    if ((await fetch(location.href, { cache: "no-store" })).ok) location.reload();
  } catch {
    // The page that stands here stays right but for its price.
  }
}, 60_000);
