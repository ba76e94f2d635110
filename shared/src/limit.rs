//! Counting against a limit within a moving span.

use crate::time::UnixMs;

/// Until when `times` fill `limit` within `span` milliseconds before `now`; absent when there is room.
/// Times after `now` (a clock that was set back) do not count.
pub(crate) fn full_until(times: &[UnixMs], now: UnixMs, limit: usize, span: i64) -> Option<UnixMs> {
    let mut recent: Vec<UnixMs> =
        times.iter().copied().filter(|at| *at <= now && now.since(*at) < span).collect();
    recent.sort_unstable_by(|a, b| b.cmp(a));
    recent.get(limit.checked_sub(1)?).map(|at| at.plus(span))
}
