//! Which versions of the messages are spoken.

use gatehouse::{api::problem::Code, sync::PROTOCOL};

use crate::http::Fault;

/// The oldest version spoken: this one and the two before it are.
const OLDEST: u16 = if PROTOCOL > 3 { PROTOCOL - 2 } else { 1 };

/// Refuses a version that is not spoken here.
pub(super) fn speak(version: u16) -> Result<(), Fault> {
    if (OLDEST..=PROTOCOL).contains(&version) {
        Ok(())
    } else {
        Err(Fault::new(Code::ProtocolUnsupported)
            .detail(format!("versions {OLDEST} to {PROTOCOL} are spoken here")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_a_version_to_come_nor_one_long_gone_is_spoken() {
        assert!(speak(PROTOCOL).is_ok());
        assert!(speak(OLDEST).is_ok());
        assert_eq!(speak(PROTOCOL + 1).unwrap_err().code(), &Code::ProtocolUnsupported);
        assert_eq!(speak(OLDEST - 1).unwrap_err().code(), &Code::ProtocolUnsupported);
    }
}
