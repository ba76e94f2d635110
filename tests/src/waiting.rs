//! Waiting for a condition, with a bound. No test sleeps and hopes.

use std::time::Duration;

use tokio::time::Instant;

/// How often a condition is looked at again.
const PAUSE: Duration = Duration::from_millis(20);

/// Asks `look` until it answers `Some`, at most for `bound`.
///
/// # Panics
/// When the bound is over, naming `what` was waited for.
pub async fn until<T>(what: &str, bound: Duration, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + bound;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "waited {bound:?} in vain for: {what}");
        tokio::time::sleep(PAUSE).await;
    }
}
